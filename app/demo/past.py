"""What the cast did before today, made as it would have been made then.

Booked the day before, scanned at the door, and settled by whoever was chosen to pay.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from app import clock
from app.bookings import operations as bookings
from app.bookings import queries
from app.bookings.models import PERIODS
from app.bookings.queries import BookingFacts
from app.checkins import operations as checkins
from app.checkins import queries as signs
from app.demo.queries import known_bookings, public_id
from app.errors import DomainError
from app.spaces import queries as spaces
from app.spaces.queries import Opening, SpaceFacts

# Makes the uuids of what happened, so that a second run finds it again.
VISITS = uuid.UUID("0c5b6c0f-4a53-4f7e-8a3e-6e61687061c4")
# How far back another day is looked for when a place was closed or the person is elsewhere.
SEARCHED_DAYS = 30
BOOKED_BEFORE = timedelta(hours=17)
SENT_AFTER = timedelta(seconds=2)
SETTLED_AFTER = timedelta(seconds=30)
JUDGED_FOR = timedelta(days=14)  # by then nobody comes any more
SERVER_TROUBLE = 500


@dataclass(frozen=True)
class Visit:
    """One of the cast had a seat at least `ago` days before today, and came so many minutes after its time began.

    Without minutes nobody came. Who cancelled did so in the evening before.
    """

    person: str
    space: str
    period: str
    ago: int
    minutes: int | None = None
    is_cancelled: bool = False

    @property
    def uuid(self) -> uuid.UUID:
        return uuid.uuid5(VISITS, f"{self.person} {self.space} {self.period} {self.ago}")


# Oldest first; new ones are added at the end of a person's, because their place is their phone's number of the scan.
VISITED = (
    Visit("ana", "beispiel-werkhof-senden", "day", 62, 12),
    Visit("ana", "beispiel-kontor-nottuln", "morning", 48, 24),
    Visit("ana", "beispiel-werkhof-senden", "day", 34, 7),
    Visit("ana", "beispiel-werkhof-senden", "morning", 27),
    Visit("ana", "beispiel-werkhof-senden", "day", 20, 31),
    Visit("ana", "beispiel-kontor-nottuln", "afternoon", 13, is_cancelled=True),
    Visit("ana", "beispiel-werkhof-senden", "day", 7, -4),
    Visit("ana", "beispiel-werkhof-senden", "afternoon", 3, 9),
    Visit("ana", "beispiel-kontor-nottuln", "morning", 5),
    Visit("ben", "beispiel-werkhof-senden", "morning", 15, 18),
    Visit("ben", "beispiel-werkhof-senden", "day", 7, 2),
    Visit("cleo", "beispiel-muehle-luedinghausen", "day", 41, 15),
    Visit("cleo", "beispiel-muehle-luedinghausen", "day", 22, 6),
    Visit("cleo", "beispiel-muehle-luedinghausen", "morning", 9),
    Visit("dora", "beispiel-werkhof-senden", "day", 43, 3),
    Visit("dora", "beispiel-kontor-nottuln", "day", 30, 8),
    Visit("dora", "beispiel-kontor-nottuln", "morning", 16, 14),
    Visit("emil", "beispiel-bahnhof-duelmen", "day", 39, -2),
    Visit("emil", "beispiel-bahnhof-duelmen", "afternoon", 25, 10),
    Visit("emil", "beispiel-bahnhof-duelmen", "day", 11, 6),
    Visit("fina", "beispiel-muehle-luedinghausen", "morning", 46, 4),
    Visit("fina", "beispiel-muehle-luedinghausen", "day", 32, 9),
    Visit("fina", "beispiel-muehle-luedinghausen", "day", 18, 1),
    Visit("georg", "beispiel-werkhof-senden", "day", 53, 13),
    Visit("georg", "beispiel-werkhof-senden", "day", 38, 2),
    Visit("georg", "beispiel-werkhof-senden", "morning", 24, 7),
    Visit("georg", "beispiel-werkhof-senden", "day", 10, 5),
    Visit("ida", "beispiel-kontor-nottuln", "day", 45, 16),
    Visit("ida", "beispiel-kontor-nottuln", "afternoon", 31, 3),
    Visit("ida", "beispiel-kontor-nottuln", "day", 17, 12),
    Visit("jan", "beispiel-bahnhof-duelmen", "day", 51, 6),
    Visit("jan", "beispiel-bahnhof-duelmen", "day", 37, 9),
    Visit("jan", "beispiel-bahnhof-duelmen", "morning", 23, 2),
    Visit("jan", "beispiel-bahnhof-duelmen", "day", 8, 4),
)


@dataclass(frozen=True)
class Made:
    """How many of them are new."""

    bookings: int = 0
    checkins: int = 0

    def __add__(self, other: Made) -> Made:
        return Made(self.bookings + other.bookings, self.checkins + other.checkins)


def load(people: dict[str, int], *, origin: str, now: datetime) -> Made:
    """Make what happened, unless it was made before. `origin` is our own address, which the signs name."""
    known = known_bookings([visit.uuid for visit in VISITED])
    return sum((_make(each, people, origin, now) for each in VISITED if each.uuid not in known), Made())


def _make(visit: Visit, people: dict[str, int], origin: str, now: datetime) -> Made:
    person_id = people[visit.person]
    booking = _book(visit, person_id, now)
    if booking is None:
        return Made()
    if visit.is_cancelled:
        bookings.cancel(booking_uuid=visit.uuid, person_id=person_id, now=booking.starts_at - BOOKED_BEFORE / 2)
    if visit.minutes is None:
        _settle(booking, booking.ends_at + JUDGED_FOR, now)
        return Made(bookings=1)
    at = booking.starts_at + timedelta(minutes=visit.minutes)
    _check_in(visit, person_id, origin, at)
    _settle(booking, at + SETTLED_AFTER, now)
    return Made(bookings=1, checkins=1)


def _settle(booking: BookingFacts, at: datetime, now: datetime) -> None:
    """Settle as the worker would have done; what is not due by now is left to the worker."""
    if at <= now:
        checkins.settle_charge(booking_id=booking.id, now=at)


def _book(visit: Visit, person_id: int, now: datetime) -> BookingFacts | None:
    """Book the latest day that suits; whoever tries the demo may have booked for this person meanwhile."""
    space = spaces.directory().space(visit.space)
    for day, starts_at in _days(space, visit, now):
        order = bookings.Order(uuid=visit.uuid, space=visit.space, date=day, period=visit.period)
        try:
            return bookings.book(order=order, person_id=person_id, now=starts_at - BOOKED_BEFORE).booking
        except DomainError as refusal:
            if refusal.status >= SERVER_TROUBLE:
                raise
    return None


def _days(space: SpaceFacts, visit: Visit, now: datetime) -> Iterator[tuple[date, datetime]]:
    latest = clock.local_day(now, space.timezone) - timedelta(days=visit.ago)
    for day in (latest - timedelta(days=n) for n in range(SEARCHED_DAYS)):
        opening = space.opening(day)
        if isinstance(opening, Opening):
            yield day, queries.moments(space, opening, day, PERIODS[visit.period])[0]


def _check_in(visit: Visit, person_id: int, origin: str, at: datetime) -> None:
    """Send a scan of the sign from the person's phone, as the phone would have sent it at that moment."""
    batch, sent_at = _batch(visit, origin, at), at + SENT_AFTER
    envelope, entries = checkins.read_batch(json.dumps(batch).encode(), public_id(person_id))
    arrival = checkins.Arrival(
        person_id=person_id,
        device=envelope.device,
        sent=checkins.Clocks(envelope.sent_at, envelope.boot, envelope.boot_ms),
        pending=envelope.pending,
        is_unowned=False,
        origin=origin,
        received_at=sent_at,
    )
    checkins.record_batch(arrival=arrival, entries=entries)


def _batch(visit: Visit, origin: str, at: datetime) -> dict[str, object]:
    sign = cast("signs.SignFacts", signs.sign_of(spaces.directory().space(visit.space).id))  # they were just posted
    device, boot = (str(uuid.uuid5(VISITS, f"{name} of {visit.person}")) for name in ("phone", "boot"))
    scans = [each for each in VISITED if each.person == visit.person and each.minutes is not None]
    event = {
        "id": str(uuid.uuid5(VISITS, f"scan of {visit.uuid}")),
        "device": device,
        "seq": scans.index(visit) + 1,
        "kind": "check_in",
        "code": sign.address(origin),
        "booking": str(visit.uuid),
        "captured_at": at.isoformat(),
        "boot": boot,
        "boot_ms": 1000,
        "last_server_time": None,
        "app_version": "demo",
        "schema": 1,
        "signature": None,
    }
    clocks = {"sent_at": (at + SENT_AFTER).isoformat(), "boot": boot, "boot_ms": 3000}
    return {"schema": 1, "device": device, **clocks, "pending": 0, "events": [event]}
