"""Everybody at once: after an outage all phones send within a minute, most of them at its beginning."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.crowd import simulate, town
from tests.crowd.phone import PATIENCE, Phone, Street
from tests.crowd.simulate import Outcome
from tests.crowd.town import Habits
from tests.race import house, server, wire

EVERY = 0.25
PAGES = ("/", "/orte", "/orte/ort-1", "/api/v1/me/snapshot")


@dataclass(frozen=True)
class Rush:
    """So many phones with a few events each come back within so many seconds; after `at_most` seconds it is over."""

    phones: int
    events: int = 3
    within: float = 60.0
    at_most: float = 240.0
    burden: float = 0.0  # seconds that a batch takes longer than it would
    is_patient: bool = False  # a server that turns nobody away
    forgets: bool = False  # phones that let go of their events at any answer, 503 too
    pace: float = 1.0


@dataclass
class Visitor:
    """Somebody who looks at a page every quarter of a second meanwhile, however long the last one takes."""

    cookie: str
    refused: int = 0
    waits: list[float] = field(default_factory=list)  # seconds until a page had come, or was given up
    late: float = 0.0  # seconds that this process, which is all phones too, was behind its own clock

    async def look(self, street: Street) -> None:
        """Look until no phone has anything to send."""
        looks = []
        for number in itertools.count():
            if not street.left:
                break
            looks.append(asyncio.ensure_future(self._page(street, PAGES[number % len(PAGES)])))
            asleep = time.monotonic()
            await asyncio.sleep(EVERY)
            self.late = max(self.late, time.monotonic() - asleep - EVERY)
        await asyncio.gather(*looks)

    async def _page(self, street: Street, path: str) -> None:
        began, status = time.monotonic(), b""
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(PATIENCE):
                reader, writer = await asyncio.open_connection(wire.HOST, street.port)
                try:
                    writer.write(wire.request("GET", path, {"Connection": "close", "Cookie": self.cookie}))
                    status = (await reader.read())[9:12]
                finally:
                    writer.close()
        self.waits.append(time.monotonic() - began)
        self.refused += status != b"200"


def run(url: str, folder: Path, rush: Rush, say: Callable[[str], None] = print) -> tuple[Outcome, Visitor]:
    """Run one rush on a migrated, empty database."""
    with house.opened(url, folder / "house") as app:
        phones = town.people_the_town(app, Habits(rush.phones, rush.events, rush.forgets, days=rush.events))
    made = {event["id"] for phone in phones for event in phone.waiting}
    visitor = Visitor(phones[0].cookie)
    changed = {"BURDEN": str(rush.burden), "PATIENT": "1" if rush.is_patient else ""}
    with server.running(url, folder, app="tests.crowd.burdened:app", **changed) as serving:
        street = Street(port=serving.port, left=len(phones), pace=rush.pace)
        with _phones_first():
            seconds = asyncio.run(_rush(phones, street, visitor, rush, say))
    outcome = Outcome(
        database=url.partition(":")[0].partition("+")[0],
        phones=len(phones),
        events=len(made),
        answers=street.answers,
        kills=0,
        unsent=sum(len(phone.waiting) for phone in phones),
        findings=simulate.count(url, folder, made, phones),
        reordered=0,
        waits=street.waits,
        seconds=seconds,
    )
    return outcome, visitor


@contextmanager
def _phones_first() -> Iterator[None]:
    """Let this process go before server and database, where that is allowed: real phones do not share their cores.

    Else ten processes of theirs get most of the time, and what is measured is how late the phones listen.
    """
    before = os.getpriority(os.PRIO_PROCESS, 0)
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    try:
        yield
    finally:
        os.setpriority(os.PRIO_PROCESS, 0, before)


async def _rush(phones: list[Phone], street: Street, visitor: Visitor, rush: Rush, say: Callable[[str], None]) -> float:
    """Let all phones come; returns after how many seconds everything was in."""

    async def one(phone: Phone) -> None:
        # A quarter of all comes in the first sixteenth of the time.
        await asyncio.sleep(rush.within * phone.lots.random() ** 2)
        await phone.drain(street)

    async def tell() -> None:
        while street.left:
            await asyncio.sleep(simulate.EVERY)
            say(f"{street.left:>8,} phones have something to send after {time.monotonic() - began:,.0f} s")

    began = time.monotonic()
    looking, telling = asyncio.ensure_future(visitor.look(street)), asyncio.ensure_future(tell())
    with suppress(TimeoutError):
        async with asyncio.timeout(rush.at_most):
            await asyncio.gather(*(one(phone) for phone in phones))
    seconds = time.monotonic() - began
    street.left = 0  # who is not through by now never will be
    telling.cancel()
    await looking
    return seconds
