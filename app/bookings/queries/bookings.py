"""What somebody has booked."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Uuid, bindparam, select

from app.bookings.models import PERIODS, Booking, period_of
from app.errors import N_, DomainError
from app.extensions import Moment, db
from app.spaces.models import Seat, Space
from app.statements import Prepared

# Days after which a booking has no person any more.
PERSON_KEPT = 90


class UnknownBooking(DomainError):
    """No booking of this person has this uuid; somebody else's looks the same."""

    code = "unknown_booking"
    status = 404
    message = N_("Diese Buchung gibt es nicht. Unter „Meine Buchungen“ stehen alle, die du hast.")


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """One booking of one person, as its pages, its phone and its calendar entry show it. Moments in UTC."""

    id: int
    uuid: uuid.UUID
    request_digest: str
    person_id: int
    space_id: int
    seat_id: int
    date: date
    first_slot: int
    end_slot: int
    starts_at: datetime
    ends_at: datetime
    price_cents: int | None
    payer: str | None
    charge: str | None
    made_at: datetime
    ended_at: datetime | None
    ended_reason: str | None
    released_at: datetime | None
    sequence: int
    seat_number: int
    seat_name: str
    seat_kind: str
    space_slug: str
    space_version: int

    @property
    def period(self) -> str:
        return period_of(self.seat_kind, self.first_slot, self.end_slot)

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    def meets(self, period: str) -> bool:
        """Whether it takes a desk in part of `period` of its day: nobody sits in two places."""
        slots = PERIODS[period]
        return self.seat_kind == "desk" and self.first_slot < slots.stop and slots.start < self.end_slot


# In the order of `BookingFacts`.
_COLUMNS = [
    Booking.id,
    Booking.uuid,
    Booking.request_digest,
    Booking.person_id,
    Booking.space_id,
    Booking.seat_id,
    Booking.date,
    Booking.first_slot,
    Booking.end_slot,
    Booking.starts_at,
    Booking.ends_at,
    Booking.price_cents,
    Booking.payer,
    Booking.charge,
    Booking.made_at,
    Booking.ended_at,
    Booking.ended_reason,
    Booking.released_at,
    Booking.sequence,
    Seat.number.label("seat_number"),
    Seat.name.label("seat_name"),
    Seat.kind.label("seat_kind"),
    Space.slug.label("space_slug"),
    Space.version.label("space_version"),
]
_SELECT: Any = select(*_COLUMNS).join(Seat, Seat.id == Booking.seat_id).join(Space, Space.id == Booking.space_id)

# Made once: putting a statement together costs as much as running it.
_KEPT = Prepared(
    _SELECT.where(
        Booking.person_id == bindparam("person_id", type_=Integer), Booking.ends_at > bindparam("since", type_=Moment)
    ).order_by(Booking.starts_at, Booking.id)
)
_ONE = Prepared(_SELECT.where(Booking.uuid == bindparam("uuid", type_=Uuid)))


def booking_of(person_id: int, booking_uuid: uuid.UUID) -> BookingFacts:
    """Return one booking of a person. Refuses: `UnknownBooking`, also for somebody else's."""
    row = _ONE.row({"uuid": booking_uuid})
    if row is None or row.person_id != person_id:
        raise UnknownBooking
    return BookingFacts(*row)


def snapshot_bookings(person_id: int, *, now: datetime) -> list[BookingFacts]:
    """Return what the phone keeps: everything that ended at most 14 days ago or is still to come, by time."""
    return bookings_since(person_id, now - timedelta(days=14))


def bookings_since(person_id: int, since: datetime) -> list[BookingFacts]:
    """Return what ended after `since` or is still to come, by time."""
    return [BookingFacts(*row) for row in _KEPT.rows({"person_id": person_id, "since": since})]


def past_bookings(person_id: int, *, now: datetime, skip: int, limit: int) -> list[BookingFacts]:
    """Return at most `limit` bookings whose time has passed, newest first, after the first `skip`."""
    rows = db.session.execute(
        _SELECT.where(Booking.person_id == person_id, Booking.ends_at <= now)
        .order_by(Booking.ends_at.desc(), Booking.id.desc())
        .offset(skip)
        .limit(limit)
    )
    return [BookingFacts(*row) for row in rows]


def charged_bookings(person_id: int, *, skip: int, limit: int) -> list[BookingFacts]:
    """Return at most `limit` bookings that somebody else pays for, the latest day first, after the first `skip`."""
    rows = db.session.execute(
        _SELECT.where(Booking.person_id == person_id, Booking.charge.is_not(None))
        .order_by(Booking.starts_at.desc(), Booking.id.desc())
        .offset(skip)
        .limit(limit)
    )
    return [BookingFacts(*row) for row in rows]


def open_bookings(person_id: int, *, now: datetime) -> list[BookingFacts]:
    """Return the bookings of a person that are running or still to come, by time."""
    return [booking for booking in snapshot_bookings(person_id, now=now) if booking.is_open and booking.ends_at > now]


def booking_by_id(booking_id: int) -> BookingFacts:
    """Return a booking, whoever's it is. Refuses: `UnknownBooking`."""
    row = db.session.execute(_SELECT.where(Booking.id == booking_id)).first()
    if row is None:
        raise UnknownBooking
    return BookingFacts(*row)


def bookings_by_id(booking_ids: Collection[int]) -> list[BookingFacts]:
    """Return these bookings, whoever's they are, those that have nobody any more left out."""
    rows = db.session.execute(_SELECT.where(Booking.id.in_(booking_ids), Booking.person_id.is_not(None)))
    return [BookingFacts(*row) for row in rows]


def booked_at(space_id: int, first_on: date, last_on: date, *, now: datetime) -> list[BookingFacts]:
    """Return everybody's open bookings of a space on these days that are not over, by day and seat."""
    rows = db.session.execute(
        _SELECT.where(
            Booking.space_id == space_id,
            Booking.date.between(first_on, last_on),
            Booking.ended_at.is_(None),
            Booking.ends_at > now,
        ).order_by(Booking.date, Seat.number, Booking.id)
    )
    return [BookingFacts(*row) for row in rows]
