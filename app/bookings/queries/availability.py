"""Which seats are taken, and what can be booked instead when something is not free."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app import clock
from app.bookings.models import PERIODS, Booking, BookingSlot
from app.bookings.queries.counting import DAYS_AHEAD, Free, free_seats, moments
from app.extensions import execute
from app.spaces import queries as spaces
from app.spaces.queries import Closed, Directory, SpaceFacts


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

    @property
    def path(self) -> str:
        """The booking form, filled in."""
        return f"/orte/{self.space.slug}/buchen?date={self.date.isoformat()}&period={self.period}"


def alternatives(space: SpaceFacts, day: date, period: str, *, now: datetime) -> list[Alternative]:
    """Return up to three ways out when `period` of `day` cannot be booked at `space`.

    In this order: another period of the day, the next free day there, another place nearby on the same day. Instead of
    a day that is too far ahead: the first free one of the last week that can be booked.
    """
    directory = spaces.directory()
    today = clock.local_day(now, space.timezone)
    last = today + timedelta(days=DAYS_AHEAD)
    if day > last:
        week = free_seats([space], last - timedelta(days=6), 7, now=now)[space.id]
        return _next_days(space, last - timedelta(days=6), period, week, after=today)
    first = max(day, today)
    free = free_seats(directory.bookable, first, min(15, (last - first).days + 1), now=now)
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


def nearby(
    space: SpaceFacts, day: date, period: str, *, among: Iterable[SpaceFacts], now: datetime
) -> list[Alternative]:
    """Return up to three spaces of `among` with a free desk on the same day, the nearest first.

    That is `space` itself, if it is open then: a closure was taken back.

    Counted from the rows, because it is asked while days are being changed: what a transaction sees before it is
    committed must not be kept. When the morning is over, an afternoon is offered instead of the whole day.
    """
    others = sorted(among, key=lambda each: (each.id != space.id, _distance(space, each)))
    left = {each.id: rest for each in others if (rest := _left(each, day, period, now)) is not None}
    near = [each for each in others if each.id in left][:NEAR]
    rows = execute(
        select(BookingSlot.space_id, BookingSlot.slot, BookingSlot.seat_id).where(
            BookingSlot.date == day, BookingSlot.seat_id.in_([seat.id for each in near for seat in each.seats])
        )
    ).all()
    found = []
    for each in near:
        slots = PERIODS[left[each.id]]
        taken = {row.seat_id for row in rows if row.space_id == each.id and row.slot in slots}
        found.append(Alternative(each, day, left[each.id], len(each.seats) - len(taken)))
    return [way for way in found if way.free > 0][:3]


def _left(space: SpaceFacts, day: date, period: str, now: datetime) -> str | None:
    """Return what of `period` of a day can still be booked; None when the space is closed then or it is over."""
    opening = space.opening(day)
    if isinstance(opening, Closed):
        return None
    wanted = PERIODS.get(period, PERIODS["day"])
    if moments(space, opening, day, wanted[:1])[1] > now:
        return period if period in PERIODS else "day"
    is_left = wanted.stop == 2 and moments(space, opening, day, PERIODS["afternoon"])[1] > now
    return "afternoon" if is_left else None


# So many places around are looked at.
NEAR = 30


def _distance(a: SpaceFacts, b: SpaceFacts) -> float:
    """Compare distances only: squared degrees, with longitudes shortened as at 52° north."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return float("inf")
    return (a.lat - b.lat) ** 2 + ((a.lon - b.lon) * 0.62) ** 2
