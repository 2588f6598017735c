"""Bookings whose programme ends before their day: whom to tell, which ones to cancel, how many a new end would hit."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, literal, or_, select

from app.bookings.models import RESERVED, Booking
from app.bookings.queries.bookings import BookingFacts
from app.extensions import execute, table
from app.funding.models import BY_PROGRAMME, Programme
from app.funding.queries import Service
from app.spaces import queries as spaces

# So long before it begins a booking that nobody pays for is cancelled.
UNPAID_FOR = timedelta(days=3)
AT_ONCE = 100
_bookings, _programmes = table(Booking).c, table(Programme).c
# Whoever was told of an end before the programme was made longer knows of none now.
_is_untold = or_(_bookings.payer_ended_at.is_(None), _bookings.payer_ended_at < _programmes.extended_at)
_is_told = _bookings.payer_ended_at >= func.coalesce(_programmes.extended_at, _bookings.payer_ended_at)
# A booking lies beyond the end of the programme that was to pay for it.
IS_BEYOND = and_(_bookings.charge == RESERVED, _bookings.date > _programmes.ends_on)


@dataclass(frozen=True)
class Unpaid:
    """A booking of somebody whose programme ends before; until `decide_by` another payer can be chosen."""

    id: int
    uuid: uuid.UUID
    person_id: int
    space_id: int
    programme: str
    ends_on: date
    starts_at: datetime

    @property
    def decide_by(self) -> datetime:
        return self.starts_at - UNPAID_FOR


def _unpaid() -> Any:
    return (
        select(
            _bookings.id,
            _bookings.uuid,
            _bookings.person_id,
            _bookings.space_id,
            _programmes.name,
            _programmes.ends_on,
            _bookings.starts_at,
        )
        .join_from(table(Booking), table(Programme), _bookings.payer == literal(BY_PROGRAMME) + _programmes.slug)
        .where(
            IS_BEYOND,
            _bookings.ended_at.is_(None),
            _bookings.person_id.is_not(None),
        )
        .order_by(_bookings.id)
    )


def untold_people(now: datetime) -> list[int]:
    """Return up to 100 people with bookings to come beyond the end of a programme of which they were not told."""
    rows = execute(
        _unpaid()
        .with_only_columns(_bookings.person_id)
        .where(_is_untold, _bookings.starts_at > now)
        .order_by(None)
        .distinct()
        .limit(AT_ONCE)
    )
    return [row.person_id for row in rows]


def untold(person_id: int, now: datetime) -> list[Unpaid]:
    """Return a person's bookings beyond the end of a programme of which they were not told."""
    is_it = (_bookings.person_id == person_id, _is_untold, _bookings.starts_at > now)
    return [Unpaid(*row) for row in execute(_unpaid().where(*is_it))]


def unpaid_due(now: datetime, *, after: int = 0) -> list[int]:
    """Return up to 100 bookings, by ids above `after`, that begin within three days and have no payer."""
    rows = execute(_due(now).where(_bookings.id > after).limit(AT_ONCE))
    return [row.id for row in rows]


def unpaid_booking(booking_id: int, now: datetime) -> Unpaid | None:
    """Return one booking if it is still to be cancelled."""
    row = execute(_due(now).where(_bookings.id == booking_id)).first()
    return Unpaid(*row) if row else None


def unpaid(booking_id: int) -> Unpaid | None:
    """Return a booking if it lies beyond the end of the programme that was to pay it."""
    row = execute(_unpaid().where(_bookings.id == booking_id)).first()
    return Unpaid(*row) if row else None


def _due(now: datetime) -> Any:
    return _unpaid().where(_is_told, _bookings.starts_at > now, _bookings.starts_at <= now + UNPAID_FOR)


def beyond(slug: str, ends_on: date, *, now: datetime) -> tuple[int, int]:
    """Count the bookings that a programme pays after a day, and their people."""
    row = execute(
        select(func.count(), func.count(_bookings.person_id.distinct())).where(
            _bookings.payer == f"{BY_PROGRAMME}{slug}",
            _bookings.charge == RESERVED,
            _bookings.ended_at.is_(None),
            _bookings.date > ends_on,
            _bookings.starts_at > now,
        )
    ).one()
    return int(row[0]), int(row[1])


def undecided(slug: str, ends_on: date) -> int:
    """Count the bookings until a programme's end of which nobody knows yet whether it pays them."""
    is_it = (_bookings.payer == f"{BY_PROGRAMME}{slug}", _bookings.charge == RESERVED, _bookings.date <= ends_on)
    return int(execute(select(func.count()).where(*is_it)).scalar_one())


def service_of(booking: BookingFacts) -> Service:
    """Return what is to be paid for a booking, at the price that it was made for."""
    space = spaces.directory().by_id[booking.space_id]
    kind = "desk" if booking.seat_kind == "desk" else "room"
    slots = booking.end_slot - booking.first_slot
    return Service(booking.person_id, space.id, space.town_id, booking.date, kind, slots, booking.price_cents)
