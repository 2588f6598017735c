"""Who gets in when: from half an hour before a booking until its end, and nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.bookings.queries.bookings import BookingFacts
from app.spaces import queries as spaces
from app.spaces.queries import DoorFacts

# A phone without network must know the code in time; it shows it only when the time has come.
CARRIED = timedelta(hours=18)
SHOWN = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Entrance:
    """From when until when a booking lets its person in. `door` is None as long as not even the phone may know."""

    shown_from: datetime
    shown_until: datetime
    door: DoorFacts | None

    def is_shown(self, now: datetime) -> bool:
        return self.door is not None and self.shown_from <= now < self.shown_until


def entrances(found: Iterable[BookingFacts], *, now: datetime) -> dict[int, Entrance]:
    """Return, by booking id, how those of `found` get in that are open, not released and not over.

    Spaces with nothing to tell are left out.
    """
    live = [each for each in found if each.is_open and each.released_at is None and each.ends_at > now]
    doors = spaces.doors_of({each.space_id for each in live}) if live else {}
    return {
        each.id: Entrance(each.starts_at - SHOWN, each.ends_at, door if each.starts_at - CARRIED <= now else None)
        for each in live
        if (door := doors.get(each.space_id)) is not None and door.is_told
    }
