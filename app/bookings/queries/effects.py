"""What a change by a host would do to what is booked, as counts by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app import clock
from app.bookings.models import BookingSlot
from app.bookings.queries.bookings import BookingFacts, booked_at
from app.bookings.queries.counting import DAYS_AHEAD
from app.extensions import db
from app.spaces.queries import Closed, Opening, SeatFacts, SpaceFacts

Days = list[tuple[date, int]]


@dataclass(frozen=True)
class SeatGone:
    """What it would mean to take a seat away at once: what is booked of it, by how many people.

    For the bookings `without` there is no other free seat of its kind.
    """

    days: Days
    people: int
    without: Days


def seat_gone(space: SpaceFacts, number: int, *, now: datetime) -> SeatGone:
    """Return what would become of the bookings of a seat, from today on."""
    found = [each for each in _booked(space, now) if each.seat_number == number]
    people = {each.person_id for each in found}
    return SeatGone(_counted(found), len(people), _counted(each for each in found if other_seat(each, space) is None))


def other_seat(booking: BookingFacts, space: SpaceFacts) -> SeatFacts | None:
    """Return the seat that a booking gets when its own goes: the first of its kind that is free, if there is one."""
    taken = set(
        db.session.scalars(
            select(BookingSlot.seat_id).where(
                BookingSlot.space_id == booking.space_id,
                BookingSlot.date == booking.date,
                BookingSlot.slot.between(booking.first_slot, booking.end_slot - 1),
            )
        )
    )
    offered = space.seats if booking.seat_kind == "desk" else space.rooms
    free = (seat for seat in offered if seat.kind == booking.seat_kind and seat.id not in taken)
    return next((seat for seat in free if seat.number != booking.seat_number), None)


def booked_days(space: SpaceFacts, *, now: datetime, seat: int | None = None) -> Days:
    """Return on which days how much is booked from today on, of all seats or of the one with this number."""
    return _counted(each for each in _booked(space, now) if seat in {None, each.seat_number})


def booked_outside(space: SpaceFacts, week: Mapping[int, Opening], *, opens_on_holidays: bool, now: datetime) -> Days:
    """Return on which days how much is booked for times at which the space would be closed with these hours."""
    changed = replace(space, hours=dict(week), opens_on_holidays=opens_on_holidays, _openings={})
    return _counted(each for each in _booked(space, now) if not _is_inside(each, changed))


def _booked(space: SpaceFacts, now: datetime) -> list[BookingFacts]:
    today = clock.local_day(now, space.timezone)
    return booked_at(space.id, today, today + timedelta(days=DAYS_AHEAD + 1), now=now)


def _is_inside(booking: BookingFacts, space: SpaceFacts) -> bool:
    opening = space.opening(booking.date)
    if isinstance(opening, Closed):
        return False
    first, last = (clock.moment_of(booking.date, at, space.timezone) for at in (opening.opens, opening.closes))
    return first <= booking.starts_at and booking.ends_at <= last


def _counted(bookings: Iterable[BookingFacts]) -> Days:
    return sorted(Counter(each.date for each in bookings).items())
