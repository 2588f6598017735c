"""What is free, and what can be booked instead when something is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import cast

from sqlalchemy import Date, Table, bindparam, func, select

from app import clock
from app.bookings.models import PERIODS, Booking, BookingSlot, SpaceDay
from app.extensions import db
from app.spaces import queries as spaces
from app.spaces.models import Seat, Space
from app.spaces.queries import Closed, Directory, Opening, SpaceFacts

DAYS_AHEAD = 84


@dataclass(frozen=True, slots=True)
class Free:
    """Free seats of a space on one day by period; None = closed or over."""

    morning: int | None
    afternoon: int | None
    day: int | None

    def of(self, period: str) -> int | None:
        return getattr(self, period)  # type: ignore[no-any-return]


CLOSED = Free(None, None, None)
UNTAKEN = (0, 0, 0)


def moments(space: SpaceFacts, opening: Opening, day: date, slots: range) -> tuple[datetime, datetime]:
    """Return start and end (UTC) of half-days on the space's own clock. The only place where they are derived."""
    first = opening.opens if slots.start == 0 else opening.splits
    last = opening.closes if slots.stop == 2 else opening.splits
    return clock.moment_of(day, first, space.timezone), clock.moment_of(day, last, space.timezone)


def free_seats(directory: Directory, first: date, days: int, *, now: datetime) -> dict[int, list[Free]]:
    """Return, for every bookable space by id, the free seats of `days` days from `first` on."""
    taken = _taken(first, days)
    spaces = directory.bookable
    found: dict[int, list[Free]] = {space.id: [] for space in spaces}
    for day in (first + timedelta(days=number) for number in range(days)):
        # Only today, on some clock, can anything be over.
        is_near = abs((day - now.date()).days) <= 1
        for space in spaces:
            opening = space.opening(day)
            if isinstance(opening, Closed):
                free = CLOSED
            else:
                free = _free(len(space.seats), taken.get((space.id, day), UNTAKEN))
                if is_near:
                    free = _still(free, space, opening, day, now)
            found[space.id].append(free)
    return found


def _free(seats: int, taken: tuple[int, int, int]) -> Free:
    morning, afternoon, whole = taken
    if morning <= seats and afternoon <= seats and whole <= seats:
        return _free_of(seats - morning, seats - afternoon, seats - whole)
    return Free(max(0, seats - morning), max(0, seats - afternoon), max(0, seats - whole))


@lru_cache(maxsize=4096)
def _free_of(morning: int, afternoon: int, whole: int) -> Free:
    """There are few different ones, and a month of a county has thousands of cells."""
    return Free(morning, afternoon, whole)


def _still(free: Free, space: SpaceFacts, opening: Opening, day: date, now: datetime) -> Free:
    """Return what of `free` has not ended yet."""
    if moments(space, opening, day, PERIODS["day"])[1] <= now:
        return CLOSED
    if moments(space, opening, day, PERIODS["morning"])[1] <= now:
        return Free(None, free.afternoon, None)
    return free


# Made once: putting a statement together costs as much as running it.
_HIDDEN = select(Seat.id).where(Seat.retired_on.is_not(None) | (Seat.kind != "desk"))
_TAKEN = (
    select(
        BookingSlot.space_id,
        BookingSlot.date,
        func.sum(1 - BookingSlot.slot),
        func.sum(BookingSlot.slot),
        func.count(BookingSlot.seat_id.distinct()),
    )
    .where(
        BookingSlot.date.between(bindparam("first", type_=Date), bindparam("last", type_=Date)),
        BookingSlot.seat_id.not_in(_HIDDEN),
    )
    .group_by(BookingSlot.date, BookingSlot.space_id)
)


def _taken(first: date, days: int) -> dict[tuple[int, date], tuple[int, int, int]]:
    """Count taken desks by (space id, date): in the morning, in the afternoon, at any time."""
    asked = {"first": first, "last": first + timedelta(days=days - 1)}
    rows = db.session.connection().execute(_TAKEN, asked)
    return {(row[0], row[1]): (int(row[2]), int(row[3]), int(row[4])) for row in rows}


_spaces = cast("Table", Space.__table__).c
_days = cast("Table", SpaceDay.__table__).c
# Built once: putting a statement together costs more than running this one.
_STATE = select(
    func.count(),
    func.sum(_spaces.version),
    select(func.sum(_days.version))
    .where(_days.date.between(bindparam("first", type_=Date), bindparam("last", type_=Date)))
    .scalar_subquery(),
).select_from(Space.__table__)


def availability_state(first: date, days: int) -> tuple[int, int, int]:
    """Return a triple that changes whenever `free_seats` of these days may, in one statement."""
    asked = {"first": first, "last": first + timedelta(days=days - 1)}
    row = db.session.connection().execute(_STATE, asked).one()
    return int(row[0]), int(row[1] or 0), int(row[2] or 0)


def taken_seats(space_id: int, day: date, slots: range, *, but: int = 0) -> set[int]:
    """Return the ids of the seats of a space with any of `slots` taken on `day`, by others than booking `but`."""
    statement = select(BookingSlot.seat_id).where(
        BookingSlot.date == day,
        BookingSlot.space_id == space_id,
        BookingSlot.slot.in_(slots),
        BookingSlot.booking_id != but,
    )
    return set(db.session.execute(statement).scalars())


def last_seat(person_id: int, space_id: int) -> int | None:
    """Return the id of the seat that the person booked last in a space."""
    statement = (
        select(Booking.seat_id)
        .where(Booking.person_id == person_id, Booking.space_id == space_id)
        .order_by(Booking.id.desc())
        .limit(1)
    )
    return db.session.execute(statement).scalar()


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
    free = free_seats(directory, first, 15, now=now)
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
