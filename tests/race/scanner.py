"""One client of a check-in race, in a process of its own: reads its plan from standard input, reports as JSON lines.

It sends every event of all guests, in batches of its own and out of order, hangs up on many of them half-way or
before the answer, and sends each again until it is answered. What it was told about each event it hands back.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.race import wire
from tests.race.visits import Event, Guest

# So many guests are in play at once: their events meet those of the other clients.
GROUP = 8
BIGGEST_BATCH = 12
HALF_SENT, UNHEARD, TWICE = 0.08, 0.25, 0.25
REPORT_EVERY = 1.0


@dataclass
class Tally:
    """What happened to one client. `told` holds the verdicts on each event, one after the other when they changed."""

    requests: int = 0
    attempts: int = 0  # events sent
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    told: dict[str, list[str]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Batch:
    """Events of one phone that travel together."""

    guest: Guest
    phone: str
    events: list[Event]

    def request(self) -> bytes:
        body = {
            "schema": 1,
            "device": self.phone,
            "sent_at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "boot": "a life of its own",
            "boot_ms": 1000,
            "pending": 0,
            "events": self.events,
        }
        headers = {**wire.OWN_PAGE, "Cookie": self.guest.cookie, "Nahplatz-Person": self.guest.person}
        return wire.request("POST", "/api/v1/checkins", headers, json.dumps(body).encode())


def summary(verdict: dict[str, Any]) -> str:
    """Return all that may not differ between two answers to the same event."""
    return json.dumps([verdict[name] for name in ("verdict", "reason", "duplicate_of", "booking", "effective_at")])


class Scanner:
    """Sends as its plan says; what is cut off, doubled or mixed is drawn by lot, from a seed that the plan names."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.lots = random.Random(plan["seed"])
        self.guests = [Guest(**guest) for guest in plan["guests"]]
        self.tally = Tally()
        self.reported = time.monotonic()

    def run(self) -> None:
        time.sleep(max(0.0, self.plan["begin"] - time.monotonic()))
        self.connection = wire.Connection(self.plan["port"])
        for first in range(0, len(self.guests), GROUP):
            self._deliver(self._batches(self.guests[first : first + GROUP]))
        self.connection.close()
        _say({"attempts": self.tally.attempts, "done": vars(self.tally)})

    def _batches(self, guests: list[Guest]) -> list[Batch]:
        batches = []
        for guest in guests:
            for phone, events in guest.events().items():
                mixed = self.lots.sample(events, len(events))
                while mixed:
                    size = self.lots.randint(1, BIGGEST_BATCH)
                    batches.append(Batch(guest, phone, mixed[:size]))
                    mixed = mixed[size:]
        batches += [batch for batch in batches if self.lots.random() < TWICE]
        self.lots.shuffle(batches)
        return batches

    def _deliver(self, batches: list[Batch]) -> None:
        """Send until everything is answered; what was not goes back somewhere among the rest."""
        while batches and time.monotonic() < self.plan["deadline"]:
            batch = batches.pop()
            self.tally.requests += 1
            self.tally.attempts += len(batch.events)
            if not self._send(batch):
                batches.insert(self.lots.randint(0, len(batches)), batch)
            if time.monotonic() - self.reported > REPORT_EVERY:
                self.reported = time.monotonic()
                _say({"attempts": self.tally.attempts})
        if batches:
            self.tally.failures.append(f"{len(batches)} batches were never answered")

    def _send(self, batch: Batch) -> bool:
        """Return whether an answer was heard."""
        data = batch.request()
        fate = self.lots.random()
        try:
            if fate < UNHEARD:
                is_half = fate < HALF_SENT
                self.connection.hang_up_after(data[: self.lots.randrange(1, len(data))] if is_half else data)
                self.tally.outcomes["cut off half-way" if is_half else "answer not heard"] += 1
                return False
            answer = self.connection.send(data)
        except (OSError, wire.Broken) as error:
            self._lost(error)
            return False
        self.tally.slowest = max(self.tally.slowest, answer.seconds)
        if answer.status != 200:
            self.tally.outcomes[answer.code] += 1
            if answer.status != 503:  # being too busy is an honest answer, and nothing is lost by it
                self.tally.failures.append(f"{answer.status} {answer.body[:300]!r}")
            return False
        self._hear(batch, answer.json())
        return True

    def _lost(self, error: Exception) -> None:
        self.tally.outcomes["lost with its server"] += 1
        if not self.plan["kills"]:
            self.tally.failures.append(f"connection: {error}")
        time.sleep(0.05)

    def _hear(self, batch: Batch, answer: dict[str, Any]) -> None:
        self.tally.outcomes["answered"] += 1
        if [verdict["id"] for verdict in answer["verdicts"]] != [event["id"] for event in batch.events]:
            self.tally.failures.append("an answer about other events than those that were sent")
        for verdict in answer["verdicts"]:
            said = self.tally.told.setdefault(verdict["id"], [])
            if not said or said[-1] != summary(verdict):
                said.append(summary(verdict))


def _say(line: dict[str, Any]) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    Scanner(json.load(sys.stdin)).run()
