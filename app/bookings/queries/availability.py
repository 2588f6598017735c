"""Which seats are taken, and what can be booked instead when something is not free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app import clock
from app.bookings.models import PERIODS, Booking, BookingSlot
from app.bookings.queries.counting import Free, free_seats
from app.extensions import execute
from app.spaces import queries as spaces
from app.spaces.queries import Directory, SpaceFacts


def taken_seats(space_id: int, day: date, slots: range, *, but: int = 0) -> set[int]:
    """Return the ids of the seats of a space with any of `slots` taken on `day`, by others than booking `but`."""
    statement = select(BookingSlot.seat_id).where(
        BookingSlot.date == day,
        BookingSlot.space_id == space_id,
        BookingSlot.slot.in_(slots),
        BookingSlot.booking_id != but,
    )
    return set(execute(statement).scalars())


def last_seat(person_id: int, space_id: int) -> int | None:
    """Return the id of the seat that the person booked last in a space."""
    statement = (
        select(Booking.seat_id)
        .where(Booking.person_id == person_id, Booking.space_id == space_id)
        .order_by(Booking.id.desc())
        .limit(1)
    )
    return execute(statement).scalar()


@dataclass(frozen=True, slots=True)
class Alternative:
    """Something that can be booked instead: `free` seats of a space on a day for a period."""

    space: SpaceFacts
    date: date
    period: str
    free: int


def alternatives(space: SpaceFacts, day: date, period: str, *, now: datetime) -> list[Alternative]:
    """Return up to three ways out when `period` of `day` cannot be booked at `space`.

    In this order: another period of the day, the next free day there, another place nearby on the same day.
    """
    directory = spaces.directory()
    first = max(day, clock.local_day(now, space.timezone))
    free = free_seats(directory.bookable, first, 15, now=now)
    found = [*_other_periods(space, day, period, free.get(space.id, [])[: 1 if first == day else 0])]
    found += _next_days(space, first, period, free.get(space.id, []), after=day)
    if first == day:
        found += _other_spaces(directory, space, day, period, free)
    return found[:3]


def _other_periods(space: SpaceFacts, day: date, period: str, today: Sequence[Free]) -> list[Alternative]:
    return [
        Alternative(space, day, other, count)
        for free in today
        for other in PERIODS
        if other != period and (count := free.of(other) or 0) > 0
    ][:1]


def _next_days(space: SpaceFacts, first: date, period: str, days: Sequence[Free], *, after: date) -> list[Alternative]:
    for number, free in enumerate(days):
        day = first + timedelta(days=number)
        if day > after and (count := free.of(period) or 0) > 0:
            return [Alternative(space, day, period, count)]
    return []


def _other_spaces(
    directory: Directory, space: SpaceFacts, day: date, period: str, free: dict[int, list[Free]]
) -> list[Alternative]:
    others = [other for other in directory.bookable if other.id != space.id]
    others.sort(key=lambda other: (other.town_id != space.town_id, _distance(space, other)))
    return [
        Alternative(other, day, period, count) for other in others if (count := free[other.id][0].of(period) or 0) > 0
    ][:1]


def _distance(a: SpaceFacts, b: SpaceFacts) -> float:
    """Compare distances only: squared degrees, with longitudes shortened as at 52° north."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return float("inf")
    return (a.lat - b.lat) ** 2 + ((a.lon - b.lon) * 0.62) ** 2
