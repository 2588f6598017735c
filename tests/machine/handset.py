"""A phone in the machine: it makes events like the app, and sends whichever of them the machine picks."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.machine.world import World

Event = dict[str, Any]
OWN = {"Nahplatz-Client": "1", "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}


def written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Handset:
    """A phone of `person`. `ahead` is how far its clock is wrong; `made` holds all its events, by number."""

    world: World
    person: int
    device: uuid.UUID
    ahead: timedelta = timedelta()
    boot: str = ""
    booted_at: datetime | None = None
    heard: dict[str, Any] | None = None
    made: list[Event] = field(default_factory=list)
    arrived: set[int] = field(default_factory=set)  # numbers that the server has for certain
    waiting: list[Event] = field(default_factory=list)

    def restart(self) -> None:
        self.boot, self.booted_at = str(self.world.name()), self.world.now

    def clocks(self) -> dict[str, Any]:
        """Return boot and monotonic clock."""
        if self.booted_at is None:
            self.restart()
        assert self.booted_at is not None
        return {"boot": self.boot, "boot_ms": (self.world.now - self.booted_at) // timedelta(milliseconds=1) + 1000}

    def listen(self) -> None:
        """Hear what time it is at the server."""
        self.heard = {"at": written(self.world.now)} | self.clocks()

    def scan(self, text: str, kind: str, booking: uuid.UUID | None) -> Event:
        event = self.clocks() | {
            "id": str(self.world.name()),
            "device": str(self.device),
            "seq": len(self.made) + 1,
            "kind": kind,
            "code": text,
            "booking": str(booking) if booking else None,
            "captured_at": written(self.world.now + self.ahead),
            "last_server_time": self.heard,
            "app_version": "0123456789ab",
            "schema": 1,
            "signature": None,
        }
        self.made.append(event)
        self.waiting.append(event)
        return event

    def send(self, events: Sequence[Event]) -> dict[str, Any] | None:
        """Send a batch. Returns the answer; None when it was refused as a whole, and then nothing may be stored."""
        self.world.now += timedelta(seconds=1)
        self.world.is_changed = True
        visitor = self.world.visitors[self.person]
        batch = self.clocks() | {
            "schema": 1,
            "device": str(self.device),
            "sent_at": written(self.world.now + self.ahead),
            "pending": max(0, len(self.waiting) - len(events)),
            "events": list(events),
        }
        headers = OWN | {"Cookie": visitor.cookie, "Nahplatz-Person": visitor.public_id}
        client = self.world.app.test_client(use_cookies=False)
        response = client.post("/api/v1/checkins", data=json.dumps(batch), headers=headers)
        if response.status_code == 401 and self.person in self.world.erased:
            return None
        assert response.status_code == 200, response.text
        self.arrived |= {event["seq"] for event in events}
        self.world.sent |= {uuid.UUID(event["id"]): self.person for event in events}
        return response.json

    def let_go(self, answer: dict[str, Any]) -> None:
        """Forget what the answer names, as the app does."""
        known = {verdict["id"] for verdict in answer["verdicts"]}
        self.waiting = [event for event in self.waiting if event["id"] not in known]

    def gaps(self) -> list[int]:
        """Return the numbers that the server must call missing."""
        return sorted(set(range(1, max(self.arrived, default=0))) - self.arrived)
