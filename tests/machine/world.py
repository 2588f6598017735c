"""The house in which the machine acts: few places, few seats and few people, so that everything collides."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import delete, update

from app import clock
from app.bookings.models import PERIODS
from app.checkins import operations as signs
from app.errors import DomainError
from app.extensions import Model, db
from app.spaces.models import Space
from tests.machine.purse import Purse, open_purse
from tests.race import house
from tests.race.house import Door, Visitor

# A Monday; every place is open every day from 8 to 13 and from 13 to 18.
MORNING = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
ZONE = "Europe/Berlin"
OPENS, SPLIT, CLOSES = 8 * 60, 13 * 60, 18 * 60
PLACES, SEATS, PEOPLE = 2, 2, 3
# What is there before a run begins, and after it.
KEPT = {"towns", "spaces", "hours", "seats", "signs"}
_NAMES = uuid.UUID("5b3cf21e-33b5-4b0a-9a51-3f6c8a1d0f00")


@dataclass
class Booked:
    """A booking that the machine was promised and that has not ended."""

    person: int
    place: int
    day: date
    slots: range
    seat: int
    ends_at: datetime
    is_released: bool = False


@dataclass
class World:
    """The house, and what ought to be in it."""

    app: Flask
    now: datetime = MORNING
    doors: list[Door] = field(default_factory=list)
    visitors: list[Visitor] = field(default_factory=list)
    open: dict[uuid.UUID, Booked] = field(default_factory=dict)
    erased: set[int] = field(default_factory=set)
    closed: set[tuple[int, date]] = field(default_factory=set)
    sent: dict[uuid.UUID, int] = field(default_factory=dict)  # events that the server has answered, and of whom
    purse: Purse = field(default_factory=lambda: Purse([], {}))
    names: int = 0
    is_changed: bool = True

    def __post_init__(self) -> None:
        self.doors = house.add_spaces(PLACES, SEATS)
        # Far enough apart that nobody is at both within a quarter of an hour.
        db.session.execute(update(Space).where(Space.id == self.doors[1].id).values(lat=52.3))
        db.session.commit()
        self.codes = [self.replace_sign(door) for door in self.doors]
        self.tables = [each for each in reversed(Model.metadata.sorted_tables) if each.name not in KEPT]
        db.session.rollback()

    def begin(self) -> None:
        """Empty the house and let other people in: nothing of the run before is left."""
        db.session.rollback()
        for table in self.tables:
            db.session.execute(delete(table))
        # What processes keep of the places is as old as their versions; the first one releases seats after an hour.
        db.session.execute(update(Space).values(version=Space.version + 1, release_after=None))
        db.session.execute(update(Space).where(Space.id == self.doors[0].id).values(release_after=60))
        db.session.commit()
        self.now, self.names, self.is_changed = MORNING, 0, True
        self.open, self.erased, self.sent, self.closed = {}, set(), {}, set()
        self.visitors = house.add_visitors(self.app, PEOPLE)
        self.purse = open_purse(house.add_employer(self.visitors), MORNING)
        db.session.rollback()

    def name(self) -> uuid.UUID:
        """Return another name, the same in every repetition of a run."""
        self.names += 1
        return uuid.uuid5(_NAMES, str(self.names))

    def attempt(self, operation: Callable[..., Any], **given: Any) -> DomainError | None:
        """Carry something out a second after the last thing. Returns the refusal, if it was refused."""
        self.now += timedelta(seconds=1)
        self.is_changed = True
        try:
            operation(now=self.now, **given)
        except DomainError as refusal:
            return refusal
        return None

    def replace_sign(self, door: Door) -> str:
        return signs.replace_sign(space_id=door.id, now=self.now).code

    def day(self, ahead: int) -> date:
        return clock.local_day(self.now, ZONE) + timedelta(days=ahead)

    def opens_at(self, day: date) -> datetime:
        return clock.moment_of(day, OPENS, ZONE)

    def ends_at(self, day: date, slots: range) -> datetime:
        return clock.moment_of(day, CLOSES if slots.stop == 2 else SPLIT, ZONE)

    def is_past(self, day: date, slots: range) -> bool:
        """Whether a period can no longer be booked: its first half-day is over."""
        return self.ends_at(day, slots[:1]) <= self.now

    def held(self, day: date, slots: range) -> list[Booked]:
        """Return the promised bookings that lie in any of these slots."""
        return [
            each
            for each in self.open.values()
            if each.day == day and not each.is_released and set(each.slots) & set(slots)
        ]

    def free_seats(self, place: int, day: date, slots: range) -> set[int]:
        taken = {each.seat for each in self.held(day, slots) if each.place == place}
        return set(self.doors[place].seats) - taken


def slots_of(period: str) -> range:
    return PERIODS[period]
