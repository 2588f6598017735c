"""A check-in race: many phones send the same events again and again, cut off and out of order, to a dying server.

Afterwards every event is asked for once more, and the rows are counted: no key and no code of the product is asked.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
import uuid
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from sqlalchemy import create_engine, insert, text

from app import clock
from app.bookings.models import Booking, BookingSlot
from app.checkins import operations as signs
from app.extensions import db
from tests.race import house, keys, server, wire
from tests.race.race import CLIENTS, Clients, Say
from tests.race.scanner import Batch, summary
from tests.race.visits import Guest

SPACES = 2
# Judged are events of the last fourteen days.
DAYS = 10
ZONE = "Europe/Berlin"
KILL_SECONDS = 1.5
# An event may count, be a duplicate of a later one of the same visit, and at last of the first one.
CHANGES = 3


@dataclass(frozen=True)
class Course:
    """So many guests with ten visits each, at most so many seconds. A control runs without key and lock."""

    guests: int
    seconds: float
    is_control: bool = False
    seed: int = 1


@dataclass(frozen=True)
class Findings:
    """Numbers of violations; all zero is what a race must end with."""

    lost: int  # acknowledged, or just sent, but not in the table
    doubled_events: int
    doubled_checkins: int  # bookings that more than one check-in counts for
    uncounted: int  # events that are the first of their visit, but do not count
    wavering: int  # answers that took back what an earlier one had said, or differ from the row
    contradictions: int  # what `flask reconcile` finds

    @property
    def total(self) -> int:
        return sum(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True)
class Outcome:
    """What a check-in race showed. Times in seconds."""

    database: str
    is_control: bool
    events: int
    sent: int
    requests: int
    outcomes: Counter[str]
    kills: int
    failures: list[str]
    findings: Findings
    longest_request: float
    seconds: float


def run(database_url: str, folder: Path, course: Course, say: Say = print) -> Outcome:
    """Run one race on a migrated, empty database."""
    with house.opened(database_url, folder / "house") as app:
        per_space = -(-course.guests // SPACES)
        guests = _guests(house.add_spaces(SPACES, per_space), house.add_visitors(app, course.guests))
    if course.is_control:
        keys.drop_of_checkins(database_url)
    served = "tests.race.careless:app" if course.is_control else "wsgi:app"
    with server.running(database_url, folder, app=served) as serving, _killing(serving, course) as killer:
        began = time.monotonic()
        tallies = Clients(_plans(serving.port, guests, course), say, "tests.race.scanner").results()
        killer.stop()
        seconds = time.monotonic() - began
        final = _ask_once_more(serving.port, guests)
    told: dict[str, list[list[str]]] = defaultdict(list)
    for tally in tallies:
        for event, said in tally["told"].items():
            told[event].append(said)
    return Outcome(
        database=database_url.partition(":")[0].partition("+")[0],
        is_control=course.is_control,
        events=sum(len(events) for guest in guests for events in guest.events().values()),
        sent=sum(tally["attempts"] for tally in tallies),
        requests=sum(tally["requests"] for tally in tallies),
        outcomes=sum((Counter(tally["outcomes"]) for tally in tallies), Counter()),
        kills=killer.kills,
        failures=[failure for tally in tallies for failure in tally["failures"]],
        findings=_count(database_url, folder, guests, told, final),
        longest_request=max(tally["slowest"] for tally in tallies),
        seconds=seconds,
    )


def _guests(doors: list[house.Door], visitors: list[house.Visitor]) -> list[Guest]:
    """Give everybody a seat of their own for the last days, and the sign of its space to scan."""
    now = clock.now()
    today = clock.local_day(now, ZONE)
    days = [today - timedelta(days=number) for number in range(DAYS, 0, -1)]
    codes = [signs.post_sign(space_id=door.id, now=now - timedelta(days=100)).code for door in doors]
    guests, rows = [], []
    for number, visitor in enumerate(visitors):
        door = doors[number % SPACES]
        starts = [clock.moment_of(day, 8 * 60, ZONE) for day in days]
        rows += [
            {
                "uuid": uuid.uuid4(),
                "request_digest": "",
                "person_id": visitor.person_id,
                "space_id": door.id,
                "seat_id": door.seats[number // SPACES + 1],
                "date": day,
                "first_slot": 0,
                "end_slot": 2,
                "starts_at": start,
                "ends_at": start + timedelta(hours=10),
                "made_at": now - timedelta(days=DAYS + 5),
                "sequence": 0,
            }
            for day, start in zip(days, starts, strict=True)
        ]
        moments = tuple(start.isoformat() for start in starts)
        guests.append(Guest(number, visitor.public_id, visitor.cookie, codes[number % SPACES], moments))
    db.session.execute(insert(Booking), rows)
    held = ("seat_id", "date", "space_id", "person_id")
    slots = [
        {name: getattr(booking, name) for name in held} | {"slot": slot, "booking_id": booking.id}
        for booking in db.session.query(Booking)
        for slot in (0, 1)
    ]
    db.session.execute(insert(BookingSlot), slots)
    db.session.commit()
    return guests


def _plans(port: int, guests: list[Guest], course: Course) -> list[dict[str, Any]]:
    plain = [guest.plain for guest in guests]
    now = time.monotonic()
    return [
        {
            "port": port,
            "seed": course.seed * 1000 + number,
            "begin": now + 4,  # sixteen interpreters need a moment to start
            "deadline": now + course.seconds,
            "guests": plain,
            "kills": not course.is_control,
        }
        for number in range(CLIENTS)
    ]


class _killing:  # noqa: N801 - used as a context
    """Kills one worker of the server after the other, without a last word; the master starts new ones."""

    def __init__(self, serving: server.Server, course: Course) -> None:
        self.serving = serving
        self.kills = 0
        self.lots = random.Random(course.seed)
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.is_control = course.is_control

    def __enter__(self) -> Self:
        if not self.is_control:
            self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self.is_over.set()
        if self.thread.is_alive():
            self.thread.join()

    def _run(self) -> None:
        self.is_over.wait(4)
        while not self.is_over.wait(KILL_SECONDS):
            with suppress(ProcessLookupError, IndexError):
                os.kill(self.lots.choice(self.serving.workers), signal.SIGKILL)
                self.kills += 1


def _ask_once_more(port: int, guests: list[Guest]) -> dict[str, str]:
    """Send every event a last time, alone, and return the verdicts."""
    final = {}
    connection = wire.Connection(port)
    for guest in guests:
        for phone, events in guest.events().items():
            for first in range(0, len(events), 50):
                request = Batch(guest, phone, events[first : first + 50]).request()
                try:
                    answer = connection.send(request)
                except wire.Broken:  # the worker that held this connection is one of those killed
                    answer = connection.send(request)
                final |= {verdict["id"]: summary(verdict) for verdict in answer.json()["verdicts"]}
    connection.close()
    return final


def _count(
    database_url: str, folder: Path, guests: list[Guest], told: dict[str, list[list[str]]], final: dict[str, str]
) -> Findings:
    rows: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
    counts: Counter[int] = Counter()
    engine = create_engine(database_url)
    statement = text("SELECT event_id, verdict, reason, kind, booking_id FROM checkins")
    with engine.connect() as connection:
        for row in connection.execute(statement):
            rows[str(uuid.UUID(str(row.event_id)))].append((row.verdict, row.reason))
            counts[row.booking_id] += row.kind == "check_in" and row.reason != "duplicate"
    engine.dispose()
    sent = {event["id"] for guest in guests for events in guest.events().values() for event in events}
    counted = {event for guest in guests for event in guest.counted()}
    with house.opened(database_url, folder / "house"):
        contradictions = house.contradictions()
    return Findings(
        lost=len((sent | told.keys()) - rows.keys()),
        doubled_events=sum(len(found) > 1 for found in rows.values()),
        doubled_checkins=sum(count > 1 for count in counts.values()),
        uncounted=sum(("accepted", None) not in rows[event] for event in counted),
        wavering=sum(_wavers(said, final.get(event, ""), event in counted) for event, said in told.items()),
        contradictions=contradictions,
    )


def _wavers(said: list[list[str]], final: str, counts: bool) -> bool:
    """Whether answers to one event differ in more than what an earlier event, that came later, may change.

    The first of a visit is told the same by everybody, always. Another one may count until the first one arrives;
    from then on it is a duplicate and stays one.
    """
    if counts:
        return any(answer != final for answers in said for answer in answers)
    is_taken_back = any(
        _is_duplicate(earlier) and not _is_duplicate(later)
        for answers in said
        for earlier, later in pairwise([*answers, final])
    )
    return is_taken_back or not _is_duplicate(final) or any(len(answers) > CHANGES for answers in said)


def _is_duplicate(answer: str) -> bool:
    return '"duplicate"' in answer
