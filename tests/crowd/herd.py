"""Everybody at once: after an outage all phones send within a minute, most of them at its beginning."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.crowd import simulate, town
from tests.crowd.phone import Phone, Street
from tests.crowd.simulate import Outcome
from tests.crowd.town import Habits
from tests.race import house, server, wire

EVERY = 0.5
PAGE = wire.request("GET", "/orte", {"Connection": "close"})


@dataclass(frozen=True)
class Rush:
    """So many phones with a few events each come back within so many seconds; after `at_most` seconds it is over."""

    phones: int
    events: int = 3
    within: float = 60.0
    at_most: float = 600.0
    burden: float = 0.0  # seconds that a batch takes longer than it would
    is_patient: bool = False  # a server that turns nobody away
    pace: float = 1.0


@dataclass(frozen=True)
class Visitor:
    """Somebody who looks at a page twice a second meanwhile: how often it came, and the longest wait in seconds."""

    seen: int
    refused: int
    slowest: float


def run(url: str, folder: Path, rush: Rush, say: Callable[[str], None] = print) -> tuple[Outcome, Visitor]:
    """Run one rush on a migrated, empty database."""
    with house.opened(url, folder / "house") as app:
        phones = town.people_the_town(app, Habits(rush.phones, rush.events))
    made = {event["id"] for phone in phones for event in phone.waiting}
    changed = {"BURDEN": str(rush.burden), "PATIENT": "1" if rush.is_patient else ""}
    with server.running(url, folder, app="tests.crowd.burdened:app", **changed) as serving:
        street = Street(port=serving.port, left=len(phones), pace=rush.pace)
        began = time.monotonic()
        visitor = asyncio.run(_rush(phones, street, rush, say))
        seconds = time.monotonic() - began
    outcome = Outcome(
        database=url.partition(":")[0].partition("+")[0],
        phones=len(phones),
        events=len(made),
        answers=street.answers,
        kills=0,
        unsent=sum(len(phone.waiting) for phone in phones),
        findings=simulate.count(url, folder, made, phones),
        reordered=0,
        slowest=street.slowest,
        seconds=seconds,
    )
    return outcome, visitor


async def _rush(phones: list[Phone], street: Street, rush: Rush, say: Callable[[str], None]) -> Visitor:
    async def one(phone: Phone) -> None:
        # A quarter of all comes in the first sixteenth of the time.
        await asyncio.sleep(rush.within * phone.lots.random() ** 2)
        await phone.drain(street)

    looking = asyncio.ensure_future(_look(street, say))
    with suppress(TimeoutError):
        async with asyncio.timeout(rush.at_most):
            await asyncio.gather(*(one(phone) for phone in phones))
    street.left = 0  # who is not through by now never will be
    return await looking


async def _look(street: Street, say: Callable[[str], None]) -> Visitor:
    seen, refused, slowest = 0, 0, 0.0
    began = told = time.monotonic()
    while street.left:
        asked = time.monotonic()
        status = await _page(street)
        slowest = max(slowest, time.monotonic() - asked)
        seen, refused = seen + (status == 200), refused + (status != 200)
        if time.monotonic() - told > simulate.EVERY:
            told = time.monotonic()
            say(f"{street.left:>8,} phones have something to send after {told - began:,.0f} s")
        await asyncio.sleep(EVERY)
    return Visitor(seen, refused, slowest)


async def _page(street: Street) -> int:
    try:
        reader, writer = await asyncio.open_connection(wire.HOST, street.port)
        writer.write(PAGE)
        head = await reader.readuntil(b"\r\n\r\n")
        writer.close()
    except (OSError, asyncio.IncompleteReadError):
        return 0
    return int(head[9:12])
