"""All that a host's device needs to work without network."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select

from app import clock
from app.bookings import queries as bookings
from app.bookings.models import BookingSlot
from app.bookings.queries import Free
from app.checkins.models import PassKey
from app.extensions import execute
from app.hosting.queries.attention import Notice, notices
from app.hosting.queries.guests import Guest, guests
from app.hosting.queries.journal import Written, journal
from app.spaces import queries as spaces
from app.spaces.models import Seat
from app.spaces.queries import Closed, Opening, SpaceFacts

DAYS = 7
# Devices that were away learn of a withdrawn key even then.
RETIRED_SHOWN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """A desk, room or booth."""

    number: int
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Week:
    """A day ahead: why it is closed, else how many desks are booked and free; free is None for what is over."""

    date: date
    closed: Closed | None
    booked: tuple[int, int]
    free: Free


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """The public half of a key that signs passes."""

    kid: int
    public_key: bytes
    valid_from: datetime
    retired_at: datetime | None


@dataclass(frozen=True)
class Snapshot:
    """Today at a space, and the week ahead in numbers."""

    space: SpaceFacts
    day: date
    opening: Opening | Closed
    seats: list[SeatFacts]
    guests: list[Guest]
    week: list[Week]
    notices: list[Notice]
    written: list[Written]
    keys: list[KeyFacts]


def snapshot(slug: str, *, now: datetime, is_today_only: bool) -> Snapshot:
    """Return what a host's device keeps. `is_today_only`: leave out what waits from earlier days.

    Refuses: `UnknownSpace`, also when the space is not public yet.
    """
    space = spaces.directory().space(slug)
    day = clock.local_day(now, space.timezone)
    return Snapshot(
        space=space,
        day=day,
        opening=space.opening(day),
        seats=_seats(space.id),
        guests=guests(space.id, day, now=now),
        week=week(space, day, now=now),
        notices=notices(space.id, day, now=now, is_today_only=is_today_only),
        written=journal(space.id, day),
        keys=_keys(now),
    )


def week(space: SpaceFacts, first: date, *, now: datetime) -> list[Week]:
    """Return seven days from `first` on."""
    free = bookings.free_seats([space], first, DAYS, now=now)[space.id]
    booked = _booked(space.id, first)
    found = []
    for number in range(DAYS):
        day = first + timedelta(days=number)
        opening = space.opening(day)
        closed = opening if isinstance(opening, Closed) else None
        found.append(Week(day, closed, (booked[day, 0], booked[day, 1]), free[number]))
    return found


def _booked(space_id: int, first: date) -> dict[tuple[date, int], int]:
    """Count taken desks by date and half-day."""
    rows = execute(
        select(BookingSlot.date, BookingSlot.slot, func.count())
        .join(Seat, Seat.id == BookingSlot.seat_id)
        .where(
            BookingSlot.space_id == space_id,
            BookingSlot.date.between(first, first + timedelta(days=DAYS - 1)),
            Seat.kind == "desk",
        )
        .group_by(BookingSlot.date, BookingSlot.slot)
    )
    return defaultdict(int, {(row[0], row[1]): int(row[2]) for row in rows})


def _seats(space_id: int) -> list[SeatFacts]:
    rows = execute(
        select(Seat.number, Seat.name, Seat.kind)
        .where(Seat.space_id == space_id, Seat.retired_on.is_(None))
        .order_by(Seat.rank, Seat.number)
    )
    return [SeatFacts(*row) for row in rows]


def _keys(now: datetime) -> list[KeyFacts]:
    rows = execute(
        select(PassKey.kid, PassKey.public_key, PassKey.valid_from, PassKey.retired_at)
        .where(or_(PassKey.retired_at.is_(None), PassKey.retired_at > now - RETIRED_SHOWN))
        .order_by(PassKey.kid)
    )
    return [KeyFacts(*row) for row in rows]
