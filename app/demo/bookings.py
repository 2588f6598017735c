"""A few bookings of the cast, so that the demo is not empty."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from app import clock
from app.bookings import operations, queries
from app.bookings.models import PERIODS
from app.demo.queries import known_bookings
from app.spaces import queries as spaces
from app.spaces.queries import Opening, SpaceFacts

# Makes the uuids of the samples, so that a second run finds them again.
SAMPLES = uuid.UUID("6f1a0f0e-5d1c-4d5e-9a53-6e61687061c3")
SEARCHED_DAYS = 21


@dataclass(frozen=True)
class Sample:
    """One of the cast books the `nth` day (0 = the next) on which a space is open for the period."""

    person: str
    space: str
    period: str
    nth: int

    @property
    def uuid(self) -> uuid.UUID:
        return uuid.uuid5(SAMPLES, f"{self.person} {self.space} {self.period} {self.nth}")


BOOKED = (
    Sample("ana", "beispiel-werkhof-senden", "day", 0),
    Sample("ana", "beispiel-werkhof-senden", "morning", 2),
    Sample("ana", "beispiel-kontor-nottuln", "afternoon", 5),
    Sample("ben", "beispiel-werkhof-senden", "day", 0),
    Sample("ben", "beispiel-bahnhof-duelmen", "morning", 3),
    Sample("cleo", "beispiel-muehle-luedinghausen", "day", 1),
    Sample("cleo", "beispiel-muehle-luedinghausen", "day", 4),
)


def load(people: dict[str, int], now: datetime) -> int:
    """Book the samples that were never booked before. Returns how many; a second time there are none."""
    known = known_bookings([sample.uuid for sample in BOOKED])
    return sum(_book(sample, people[sample.person], now) for sample in BOOKED if sample.uuid not in known)


def _book(sample: Sample, person_id: int, now: datetime) -> bool:
    space = spaces.directory().space(sample.space)
    day = next(islice(_open_days(space, sample.period, now), sample.nth, None), None)
    if day is None:  # it is closed for weeks
        return False
    order = operations.Order(uuid=sample.uuid, space=space.slug, date=day, period=sample.period)
    return operations.book(order=order, person_id=person_id, now=now).is_new


def _open_days(space: SpaceFacts, period: str, now: datetime) -> Iterator[date]:
    today = clock.local_day(now, space.timezone)
    for day in (today + timedelta(days=n) for n in range(SEARCHED_DAYS)):
        opening = space.opening(day)
        if isinstance(opening, Opening) and queries.moments(space, opening, day, PERIODS[period][:1])[1] > now:
            yield day
