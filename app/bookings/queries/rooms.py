"""Rooms and phone booths: which half-hours of a day are free."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app import clock
from app.bookings.models import HALF_HOUR, BookingSlot
from app.extensions import execute
from app.spaces.queries import Closed, SpaceFacts


def room_moments(space: SpaceFacts, day: date, slots: range) -> tuple[datetime, datetime]:
    """Return start and end (UTC) of half-hours on the space's own clock; the doubled hour in autumn is one slot each.

    A slot that is skipped in spring starts when it ends.
    """
    first, last = slots.start * HALF_HOUR, slots.stop * HALF_HOUR
    return clock.moment_of(day, first, space.timezone), clock.moment_of(day, last, space.timezone)


def room_slots(space: SpaceFacts, day: date) -> list[int]:
    """Return the half-hours of a day at which the space is open, without those that the clock skips."""
    opening = space.opening(day)
    if isinstance(opening, Closed):
        return []
    first, last = -(-opening.opens // HALF_HOUR), opening.closes // HALF_HOUR
    return [slot for slot in range(first, last) if len(set(room_moments(space, day, range(slot, slot + 1)))) == 2]


def taken_half_hours(space: SpaceFacts, day: date, *, but: int = 0) -> dict[int, set[int]]:
    """Return the taken half-hours of a day by the id of the room, those of booking `but` left out."""
    taken: dict[int, set[int]] = defaultdict(set)
    ids = [room.id for room in space.rooms]
    statement = select(BookingSlot.seat_id, BookingSlot.slot).where(
        BookingSlot.seat_id.in_(ids), BookingSlot.date == day, BookingSlot.booking_id != but
    )
    for seat_id, slot in execute(statement) if ids else ():
        taken[seat_id].add(slot)
    return taken


def free_half_hours(space: SpaceFacts, day: date, *, now: datetime, but: int = 0) -> dict[int, list[int]]:
    """Return the half-hours of a day that can be booked, by the id of the room."""
    taken = taken_half_hours(space, day, but=but)
    bookable = [slot for slot in room_slots(space, day) if room_moments(space, day, range(slot, slot + 1))[1] > now]
    return {room.id: [slot for slot in bookable if slot not in taken[room.id]] for room in space.rooms}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Rooms or booths for half-hours of a day."""

    kind: str
    slots: range


def free_rooms(
    chosen: Iterable[SpaceFacts], first: date, days: int, wanted: Wanted, *, now: datetime
) -> dict[int, list[int | None]]:
    """Count the rooms of each space by id that are free for all that is wanted on `days` days from `first` on.

    None: closed then, or over.
    """
    slots = wanted.slots
    spaces = list(chosen)
    dates = [first + timedelta(days=number) for number in range(days)]
    rooms = {space.id: [room.id for room in space.rooms if room.kind == wanted.kind] for space in spaces}
    statement = select(BookingSlot.seat_id, BookingSlot.date).where(
        BookingSlot.seat_id.in_([room for ids in rooms.values() for room in ids]),
        BookingSlot.date.between(dates[0], dates[-1]),
        BookingSlot.slot.in_(slots),
    )
    taken = {(row.seat_id, row.date) for row in execute(statement.distinct())}
    return {
        space.id: [
            sum((room, day) not in taken for room in rooms[space.id]) if _is_open(space, day, slots, now) else None
            for day in dates
        ]
        for space in spaces
    }


def _is_open(space: SpaceFacts, day: date, slots: range, now: datetime) -> bool:
    return set(slots) <= set(room_slots(space, day)) and room_moments(space, day, slots)[1] > now
