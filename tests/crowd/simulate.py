"""Thousands of phones with wrong clocks against a real server that dies, forgets to answer and hangs up."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

from sqlalchemy import create_engine, text

from tests.crowd import orders, town
from tests.crowd.phone import Phone, Street
from tests.crowd.town import Habits
from tests.race import house, keys, server

AT_ONCE = 256
EVERY = 10
COLUMNS = "event_id, booking_id, kind, reason, effective_at, received_at"


@dataclass(frozen=True)
class Weather:
    """How bad the day is: each life of the server in seconds, but until it has answered so often; waits of the phones,
    and how long it may take at all.
    """

    lives: tuple[float, float]
    answers: int
    pace: float
    seconds: float
    orders: int = 20
    in_orders: int = 100  # so many phones' events are judged again in other orders
    has_key: bool = True


@dataclass(frozen=True)
class Findings:
    """Numbers of violations; all zero is what a simulation must end with."""

    lost: int
    doubled: int
    from_nowhere: int
    doubled_checkins: int  # bookings that more than one check-in counts for
    later_than_received: int
    contradictions: int  # what `flask reconcile` finds
    other_states: int = 0  # orders of arrival that end in another state than the first

    @property
    def total(self) -> int:
        return sum(getattr(self, each.name) for each in fields(self))


@dataclass(frozen=True)
class Outcome:
    """What a simulation showed. Times in seconds."""

    database: str
    phones: int
    events: int
    answers: Counter[str]
    kills: int
    unsent: int
    findings: Findings
    reordered: int  # events that were judged in other orders
    waits: dict[str, list[float]]  # how long each request took, by answer
    seconds: float

    @property
    def slowest(self) -> float:
        return max((max(each) for each in self.waits.values()), default=0.0)


def run(url: str, folder: Path, habits: Habits, weather: Weather, say: Callable[[str], None] = print) -> Outcome:
    """Run one simulation on a migrated, empty database."""
    with house.opened(url, folder / "house") as app:
        phones = town.people_the_town(app, habits)
    if not weather.has_key:
        keys.drop_of_checkins(url)
    made = {event["id"] for phone in phones for event in phone.waiting}
    street = Street(pace=weather.pace, is_rough=True, left=len(phones))
    began = time.monotonic()
    app_served = "tests.crowd.faulty:app" if weather.has_key else "tests.crowd.forgetful:app"
    with _Dying(url, folder, weather, street, app_served) as dying:
        asyncio.run(_live(phones, street, dying, weather.seconds, say))
    seconds = time.monotonic() - began
    unsent = sum(len(phone.waiting) for phone in phones)
    findings = count(url, folder, made, phones)
    reordered = 0
    if not habits.lets_go_too_early and weather.has_key:
        with house.opened(url, folder / "house") as app:
            reordered, others = orders.compare(app, phones[: weather.in_orders], weather.orders)
        findings = replace(findings, other_states=others)
    return Outcome(
        database=url.partition(":")[0].partition("+")[0],
        phones=len(phones),
        events=len(made),
        answers=street.answers,
        kills=dying.kills,
        unsent=unsent,
        findings=findings,
        reordered=reordered,
        waits=street.waits,
        seconds=seconds,
    )


async def _live(phones: list[Phone], street: Street, dying: _Dying, seconds: float, say: Callable[[str], None]) -> None:
    """Let all phones send; a part of them at a time, as phones come back to a network one after the other."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(phone: Phone) -> None:
        async with gate:
            await phone.drain(street)

    async def watch() -> None:
        began = told = time.monotonic()
        while street.left:
            street.port = dying.port
            await asyncio.sleep(0.05)
            if time.monotonic() - told > EVERY:
                told = time.monotonic()
                say(f"{street.left:>8,} phones have something to send after {told - began:,.0f} s, {dying.kills} kills")

    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            street.port = dying.port
            await asyncio.gather(watch(), *(one(phone) for phone in phones))


class _Dying:
    """A server that is killed again and again, master and workers alike, and started anew on another port."""

    def __init__(self, url: str, folder: Path, weather: Weather, street: Street, served: str) -> None:
        self.url, self.folder, self.weather, self.street, self.served = url, folder, weather, street, served
        self.lots = random.Random(weather.answers)
        self.port = self.kills = 0
        self.is_over, self.is_up = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self.thread.start()
        assert self.is_up.wait(60), "the server does not start"
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over.set()
        self.thread.join()

    def _run(self) -> None:
        while not self.is_over.is_set():
            with server.running(self.url, self.folder, app=self.served, FAULT_SEED=str(self.kills)) as serving:
                self.port = serving.port
                self.is_up.set()
                before = self.street.answered
                self.is_over.wait(self.lots.uniform(*self.weather.lives))
                while self.street.answered < before + self.weather.answers and not self.is_over.wait(0.05):
                    pass
                if not self.is_over.is_set():
                    for pid in [serving.pid, *serving.workers]:
                        with suppress(ProcessLookupError):
                            os.kill(pid, signal.SIGKILL)
                    self.kills += 1


def count(database_url: str, folder: Path, made: set[str], phones: list[Phone]) -> Findings:
    """Compare what phones made with the rows. What still waits on a phone is late, not lost."""
    waiting = {event["id"] for phone in phones for event in phone.waiting}
    engine = create_engine(database_url)
    with engine.connect() as connection:
        rows: list[Any] = list(
            connection.execute(
                text("SELECT event_id, booking_id, kind, reason, effective_at, received_at FROM checkins")
            )
        )
    engine.dispose()
    stored = Counter(str(uuid.UUID(str(row.event_id))) for row in rows)
    counts = Counter(row.booking_id for row in rows if row.kind == "check_in" and row.reason != "duplicate")
    counts.pop(None, None)
    with house.opened(database_url, folder / "house"):
        contradictions = house.contradictions()
    return Findings(
        lost=len(made - waiting - stored.keys()),
        doubled=sum(count - 1 for count in stored.values()),
        from_nowhere=len(stored.keys() - made),
        doubled_checkins=sum(count > 1 for count in counts.values()),
        later_than_received=sum(row.effective_at is not None and row.effective_at > row.received_at for row in rows),
        contradictions=contradictions,
    )
