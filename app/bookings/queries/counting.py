"""How many seats are free. Each process keeps what it counted of a day until something on that day changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from weakref import WeakKeyDictionary

from sqlalchemy import Date, Engine, bindparam, func, null, select, type_coerce, union_all

from app import clock
from app.bookings.models import PERIODS, BookingSlot, SpaceDay
from app.extensions import db, table, unless_changed
from app.spaces import queries as spaces
from app.spaces.models import Seat, Space
from app.spaces.queries import Closed, Directory, Opening, SpaceFacts
from app.statements import Prepared

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


@dataclass(frozen=True, slots=True)
class State:
    """Versions that rise with every change of what is free: of all spaces, and of each day that has bookings.

    Each is a number of rows and the sum of their versions.
    """

    spaces: tuple[int, int]
    days: dict[date, tuple[int, int]]


_spaces, _days, _slots = table(Space).c, table(SpaceDay).c, table(BookingSlot).c
# Put together once: composing a statement costs more than running it.
_STATE = Prepared(
    union_all(
        select(type_coerce(null(), Date).label("date"), func.count(), func.coalesce(func.sum(_spaces.version), 0)),
        select(_days.date, func.count(), func.sum(_days.version))
        .where(_days.date.between(bindparam("first", type_=Date), bindparam("last", type_=Date)))
        .group_by(_days.date),
    )
)


def availability_state(first: date, days: int) -> State:
    """Return what changes whenever `free_seats` of these days may, in one statement."""
    return unless_changed((first, days), partial(_state, first, first + timedelta(days=days - 1)))


def _state(first: date, last: date) -> State:
    found = {row[0]: (int(row[1]), int(row[2])) for row in _STATE.rows({"first": first, "last": last})}
    return State(found.pop(None), found)


# Whose seats are not offered does not matter here.
_HIDDEN = select(table(Seat).c.id).where(table(Seat).c.retired_on.is_not(None) | (table(Seat).c.kind != "desk"))
_TAKEN = Prepared(
    select(
        _slots.space_id,
        _slots.date,
        func.sum(1 - _slots.slot),
        func.sum(_slots.slot),
        func.count(_slots.seat_id.distinct()),
    )
    .where(
        _slots.date.between(bindparam("first", type_=Date), bindparam("last", type_=Date)),
        _slots.seat_id.not_in(_HIDDEN),
    )
    .group_by(_slots.date, _slots.space_id)
)


def _taken(first: date, last: date) -> dict[tuple[int, date], tuple[int, int, int]]:
    """Count taken desks by (space id, date): in the morning, in the afternoon, at any time."""
    rows = _TAKEN.rows({"first": first, "last": last})
    return {(row[0], row[1]): (int(row[2]), int(row[3]), int(row[4])) for row in rows}


@dataclass
class Counted:
    """What was counted while the spaces were as `spaces` says: by day, with the day's version, by space id."""

    spaces: tuple[int, int]
    days: dict[date, tuple[tuple[int, int] | None, dict[int, Free]]] = field(default_factory=dict)

    def of(self, directory: Directory, dates: Sequence[date], state: State) -> list[dict[int, Free]]:
        """Return each of these days, counted anew if it changed; a version is read before what it stands for."""
        known = {day: found for day in dates if (found := self.days.get(day)) and found[0] == state.days.get(day)}
        stale = [day for day in dates if day not in known]
        if stale:
            taken = _taken(stale[0], stale[-1])
            for day in stale:
                counted = {one.id: _count(one, day, taken.get((one.id, day), UNTAKEN)) for one in directory.bookable}
                known[day] = state.days.get(day), counted
            if len(self.days) > 2 * DAYS_AHEAD:
                self.days.clear()
            self.days.update(known)
        return [known[day][1] for day in dates]


def _count(space: SpaceFacts, day: date, taken: tuple[int, int, int]) -> Free:
    if isinstance(space.opening(day), Closed):
        return CLOSED
    seats = len(space.seats)
    return Free(*(max(0, seats - count) for count in taken))


_counted: WeakKeyDictionary[Engine, Counted] = WeakKeyDictionary()


def free_seats(
    chosen: Collection[SpaceFacts], first: date, days: int, *, now: datetime, state: State | None = None
) -> dict[int, list[Free]]:
    """Return, for each of these spaces by id, the free seats of `days` days from `first` on.

    `state` is what `availability_state` has just said of these days, if it was asked.
    """
    state = state or availability_state(first, days)
    counted = _counted.get(db.engine)
    if counted is None or counted.spaces != state.spaces:
        counted = _counted[db.engine] = Counted(state.spaces)
    dates = [first + timedelta(days=number) for number in range(days)]
    found = counted.of(spaces.directory(state.spaces), dates, state)
    free = {space.id: [day.get(space.id, CLOSED) for day in found] for space in chosen}
    for number, day in enumerate(dates):
        if abs((day - now.date()).days) <= 1:  # only today, on some clock, can anything be over
            for space in chosen:
                free[space.id][number] = _still(free[space.id][number], space, day, now)
    return free


def _still(free: Free, space: SpaceFacts, day: date, now: datetime) -> Free:
    """Return what of `free` has not ended yet."""
    opening = space.opening(day)
    if isinstance(opening, Closed) or moments(space, opening, day, PERIODS["day"])[1] <= now:
        return CLOSED
    if moments(space, opening, day, PERIODS["morning"])[1] <= now:
        return Free(None, free.afternoon, None)
    return free
