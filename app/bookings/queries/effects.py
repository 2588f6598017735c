"""What a change by a host would do to what is booked, as counts by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from app import clock
from app.bookings.queries.bookings import BookingFacts, booked_at
from app.bookings.queries.counting import DAYS_AHEAD
from app.spaces.queries import Closed, Opening, SpaceFacts

Days = list[tuple[date, int]]


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
