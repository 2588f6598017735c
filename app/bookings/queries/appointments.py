"""What calendars are told of bookings: one appointment each, whatever it was moved to."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, func, select

from app import calendars, clock
from app.bookings.models import MOVED, Booking, SeatChange
from app.bookings.queries.bookings import BookingFacts, bookings_since
from app.calendars import Appointment
from app.extensions import table
from app.spaces.queries import Directory, SpaceFacts
from app.statements import Prepared


@dataclass(frozen=True)
class CalendarName:
    """How calendars know a booking. `changed_at`: when its seat was last changed."""

    uuid: uuid.UUID
    sequence: int
    changed_at: datetime | None


# Each booking, the one that it replaces, the one that that one replaced, and so on: `leaf` is the last of them.
_bookings, _changes = table(Booking), table(SeatChange)
_leaves = _bookings.alias("leaves")
_CHAIN = (
    select(_leaves.c.id.label("leaf"), _leaves.c.id, _leaves.c.replaces_id)
    .where(_leaves.c.id.in_(bindparam("ids", type_=Integer, expanding=True)))
    .cte("chain", recursive=True)
)
_before = _bookings.alias("replaced")
_CHAIN = _CHAIN.union_all(
    select(_CHAIN.c.leaf, _before.c.id, _before.c.replaces_id).join_from(
        _CHAIN, _before, _before.c.id == _CHAIN.c.replaces_id
    )
)
_CHANGED = select(func.max(_changes.c.at)).where(_changes.c.booking_id == _bookings.c.id).scalar_subquery()
_NAMES = Prepared(
    select(
        _CHAIN.c.leaf,
        _CHAIN.c.id,
        _bookings.c.uuid,
        _bookings.c.sequence,
        _bookings.c.replaces_id,
        _CHANGED.label("changed_at"),
    ).join_from(_CHAIN, _bookings, _bookings.c.id == _CHAIN.c.id)
)


def calendar_name(booking: BookingFacts) -> tuple[uuid.UUID, int]:
    """Return uuid and sequence that a booking has in calendars: those of the first of the bookings it replaces.

    A booking that was moved to another day is a new booking for us and the same appointment for its person.
    """
    named = calendar_names([booking])[booking.id]
    return named.uuid, named.sequence


def calendar_names(bookings: Collection[BookingFacts]) -> dict[int, CalendarName]:
    """Return how calendars know these bookings as they are given, by their ids, in one statement."""
    if not bookings:
        return {}
    chains = defaultdict(list)
    for row in _NAMES.rows({"ids": [booking.id for booking in bookings]}):
        chains[row.leaf].append(row)
    return {booking.id: _name(booking, chains[booking.id]) for booking in bookings}


def _name(booking: BookingFacts, chain: list[Any]) -> CalendarName:
    [first] = [row.uuid for row in chain if row.replaces_id is None]
    before = sum(row.sequence for row in chain if row.id != booking.id)
    changes = [row.changed_at for row in chain if row.changed_at is not None]
    return CalendarName(first, booking.sequence + before, max(changes, default=None))


def appointment(booking: BookingFacts, space: SpaceFacts, named: CalendarName) -> Appointment:
    """Return what calendars are told of a booking."""
    return Appointment(
        uuid=named.uuid,
        sequence=named.sequence,
        stamp=max(each for each in (booking.made_at, booking.ended_at, named.changed_at) if each is not None),
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        timezone=space.timezone,
        seat=booking.seat_name,
        space=space.name,
        location=calendars.location(space.name, space.address, space.plz, space.town_name),
        arrival=space.arrival,
        stop=space.stop,
        position=None if space.lat is None or space.lon is None else (space.lat, space.lon),
        is_cancelled=not booking.is_open,
    )


def appointments(person_id: int, known: Directory, *, since: datetime, now: datetime) -> list[Appointment]:
    """Return what a person's calendar shows: what ended after `since` or is to come, by time.

    Of what was called off only what has its day today or later, so that it goes from the calendar as well; what was
    moved is there as what it was moved to.
    """
    found = [each for each in bookings_since(person_id, since) if _is_shown(each, known.by_id[each.space_id], now)]
    names = calendar_names(found)
    return [appointment(each, known.by_id[each.space_id], names[each.id]) for each in found]


def _is_shown(booking: BookingFacts, space: SpaceFacts, now: datetime) -> bool:
    if booking.is_open:
        return True
    return booking.ended_reason != MOVED and booking.date >= clock.local_day(now, space.timezone)
