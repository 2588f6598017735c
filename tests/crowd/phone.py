"""Virtual phones: they keep what they scanned and send it by the rules of `pwa/outbox.js`, thousands in one process."""

from __future__ import annotations

import asyncio
import json
import random
import time
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.crowd import rules
from tests.race import wire

PATIENCE = 20.0
HALF_SENT, UNHEARD = 0.02, 0.04
Event = dict[str, Any]


def written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Street:
    """Where phones find the server at the moment, and what they have seen. `pace` shortens all their waits."""

    port: int = 0
    pace: float = 1.0
    is_rough: bool = False  # phones lose the network in the middle of a request
    answers: Counter[str] = field(default_factory=Counter)
    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # seconds, by answer
    left: int = 0

    @property
    def answered(self) -> int:
        """How often the server said something."""
        return sum(count for status, count in self.answers.copy().items() if status.isdigit())

    def note(self, status: int, seconds: float) -> None:
        name = "no answer" if status == 0 else str(status)
        self.answers[name] += 1
        self.waits[name].append(seconds)


@dataclass
class Phone:
    """An installation of the app. `ahead` is how far its clock is wrong; `boot_at` when its page was opened."""

    person: str
    cookie: str
    device: str
    ahead: timedelta
    boot_at: datetime
    lots: random.Random
    waiting: list[Event] = field(default_factory=list)
    done: dict[str, Event] = field(default_factory=dict)
    last_server_time: dict[str, Any] | None = None
    lets_go_too_early: bool = False  # what no phone of ours does

    @property
    def boot(self) -> str:
        return f"page of {self.boot_at.timestamp():.3f}"

    def scan(self, code: str, kind: str, at: datetime) -> Event:
        """Make an event at a moment in true time. What was before this page was opened belongs to an earlier one."""
        began = self.boot_at if at >= self.boot_at else at - timedelta(seconds=9)
        event = {
            "id": str(uuid.UUID(int=self.lots.getrandbits(128), version=4)),
            "device": self.device,
            "seq": len(self.waiting) + len(self.done) + 1,
            "kind": kind,
            "code": code,
            "booking": None,
            "captured_at": written(at + self.ahead),
            "boot": f"page of {began.timestamp():.3f}",
            "boot_ms": int((at - began).total_seconds() * 1000),
            "last_server_time": None,
            "app_version": "0123456789ab",
            "schema": 1,
            "signature": None,
        }
        self.waiting.append(event)
        return event

    def batch(self, events: list[Event], now: datetime) -> Event:
        return {
            "schema": 1,
            "device": self.device,
            "sent_at": written(now + self.ahead),
            "boot": self.boot,
            "boot_ms": int((now - self.boot_at).total_seconds() * 1000),
            "pending": len(self.waiting) - len(events),
            "events": events,
        }

    def request(self, events: list[Event]) -> bytes:
        headers = {**wire.OWN_PAGE, "Cookie": self.cookie, "Nahplatz-Person": self.person, "Connection": "close"}
        body = json.dumps(self.batch(events, datetime.now(UTC))).encode()
        return wire.request("POST", "/api/v1/checkins", headers, body)

    async def drain(self, street: Street) -> None:
        """Send until nothing waits, as `sendAll` does; a pause of the rules is slept through."""
        attempt, most = 0, rules.BATCH
        while self.waiting:
            batch = sorted(self.waiting, key=lambda event: event["seq"])[:most]
            status, body, retry_after = await self._post(street, self.request(batch))
            ids = [event["id"] for event in batch]
            if status == 503 and retry_after is None:
                street.answers["503 without Retry-After"] += 1
            if self.lets_go_too_early and status != 0:
                self._take({key: {} for key in ids})
                continue
            now = (datetime.now(UTC) + self.ahead).timestamp() * 1000
            outcome = rules.judge(status, body, retry_after, ids, now)
            if outcome.kind == "taken":
                attempt = 0
                self._take(outcome.verdicts)
            elif outcome.kind == "halve":
                most = len(batch) // 2
            elif outcome.kind == "retry":
                await asyncio.sleep(rules.wait(attempt, outcome, self.lots.random()) / 1000 * street.pace)
                attempt += 1
                most = rules.BATCH
            else:  # "Bitte ansehen": the person looks, and taps "send again"
                street.answers[f"stopped ({outcome.kind})"] += 1
                await asyncio.sleep(street.pace)
        street.left -= 1

    def _take(self, verdicts: dict[str, Any]) -> None:
        for event in [event for event in self.waiting if event["id"] in verdicts]:
            self.done[event["id"]] = event
            self.waiting.remove(event)

    async def _post(self, street: Street, request: bytes) -> tuple[int, Any, str | None]:
        began = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._exchange(street, request)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
            answer = 0, None, None
        street.note(answer[0], time.monotonic() - began)
        return answer

    async def _exchange(self, street: Street, request: bytes) -> tuple[int, Any, str | None]:
        reader, writer = await asyncio.open_connection(wire.HOST, street.port)
        try:
            fate = self.lots.random() if street.is_rough else 1.0
            writer.write(request[: len(request) // 2] if fate < HALF_SENT else request)
            await writer.drain()
            if fate < UNHEARD:
                raise ConnectionError
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            headers = {
                name.strip().lower(): value.strip()
                for name, _, value in (line.partition(":") for line in head.split("\r\n")[1:])
            }
            text = await reader.readexactly(int(headers["content-length"]))
            is_json = headers.get("content-type", "").startswith(("application/json", "application/problem+json"))
            return int(head[9:12]), json.loads(text) if is_json else None, headers.get("retry-after")
        finally:
            writer.close()
