"""One client of a race, in a process of its own: reads its plan from standard input, reports as JSON lines.

It books, books again under the same uuid, and cancels, so that seats come free all the time; now and then it acts for
the employer that pays and changes a quota. What it was promised it hands back: which booking it held for certain from
when (answered 201) to when (about to ask for the cancellation).
"""

from __future__ import annotations

import json
import random
import sys
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.race import wire
from tests.race.agent import Agent

PERIODS = ("morning", "afternoon", "day")
REPORT_EVERY = 1.0
CHANGES = 0.05  # of a quota, to one attempt to book


@dataclass
class Tally:
    """What happened to one client. `slowest` in seconds; latencies are counted by whole milliseconds."""

    attempts: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    milliseconds: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0
    round_winners: Counter[int] = field(default_factory=Counter)
    stays: list[dict[str, Any]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def count(self, answer: wire.Answer, outcome: str) -> None:
        self.outcomes[outcome] += 1
        self.milliseconds[int(answer.seconds * 1000)] += 1
        self.slowest = max(self.slowest, answer.seconds)
        if answer.status >= 500 and outcome != "busy":  # being too busy is an honest answer, counted by itself
            self.failures.append(f"{answer.status} {answer.body[:300]!r}")


class Attacker:
    """Books as its plan says. Which seat, day and person is drawn by lot, from a seed that the plan names."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.lots = random.Random(plan["seed"])
        self.connection = wire.Connection(plan["port"])
        self.tally = Tally()
        self.held: list[tuple[dict[str, Any], str]] = []
        self.agent = Agent(plan["agent"], self.lots) if plan["agent"] else None

    def run(self) -> None:
        for number, moment in enumerate(self.plan["rounds"]["moments"]):
            self._round(number, moment)
        if self.agent is not None:
            self.agent.look(self.connection)
        told = time.monotonic()
        while self.tally.attempts < self.plan["attempts"] and time.monotonic() < self.plan["deadline"]:
            self._attempt()
            if len(self.held) > self.lots.randint(0, 5):
                self._cancel(*self.held.pop(self.lots.randrange(len(self.held))))
            if self.agent is not None and self.lots.random() < CHANGES:
                self._change(self.agent.change())
            if time.monotonic() - told > REPORT_EVERY:
                told = time.monotonic()
                _say({"attempts": self.tally.attempts})
        self.connection.close()
        _say({"attempts": self.tally.attempts, "done": vars(self.tally)})

    def _round(self, number: int, moment: float) -> None:
        """All clients of a round ask for the same seat at the same moment, each for another person."""
        rounds = self.plan["rounds"]
        body = {"space": rounds["space"], "date": rounds["dates"][number], "period": "morning", "seat": 1}
        data = self._booking(self._uuid(), rounds["cookie"], body)
        time.sleep(max(0.0, moment - time.monotonic()))
        self.tally.round_winners[number] += self._book(data, rounds["cookie"]) is not None

    def _attempt(self) -> None:
        lots = self.lots
        door = lots.choice(self.plan["doors"])
        body = {"space": door["slug"], "date": lots.choice(self.plan["dates"]), "period": lots.choice(PERIODS)}
        if lots.random() < 0.7:  # else the house chooses a seat
            body["seat"] = int(lots.choice(list(door["seats"])))
        cookie = lots.choice(self._crowd())
        data = self._booking(self._uuid(), cookie, body)
        stay = self._book(data, cookie)
        if stay is not None:
            self.held.append((stay, cookie))
        if lots.random() < 0.02:  # the phone did not hear the answer and asks again
            self._book(data, cookie)

    def _crowd(self) -> list[str]:
        """Return the people who book at the moment; all clients come to the next ones at about the same time."""
        cookies, size = self.plan["cookies"], self.plan["crowd"]
        first = size * (self.tally.attempts // self.plan["attempts_of_a_crowd"])
        return cookies[first : first + size] or cookies[-size:]

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self.lots.getrandbits(128)))

    def _booking(self, wanted: str, cookie: str, body: dict[str, Any]) -> bytes:
        headers = {**wire.OWN_PAGE, "Cookie": cookie}
        return wire.request("PUT", f"/api/v1/bookings/{wanted}", headers, json.dumps(body).encode())

    def _book(self, data: bytes, cookie: str) -> dict[str, Any] | None:
        self.tally.attempts += 1
        answer = self._send(data)
        if answer is None:
            return None
        self.tally.count(answer, {200: "repeated", 201: "booked"}.get(answer.status) or answer.code)
        if answer.status != 201:
            return None
        made = answer.json()
        stay = {
            "uuid": made["uuid"],
            "seat": f"{made['space']}/{made['seat']['number']}",
            "person": cookie[-12:],
            "date": made["date"],
            "period": made["period"],
            "since": time.monotonic(),
            "until": None,
            "is_cancelled": False,
        }
        self.tally.stays.append(stay)
        return stay

    def _cancel(self, stay: dict[str, Any], cookie: str) -> None:
        stay["until"] = time.monotonic()  # from here on somebody else may have the seat
        headers = {**wire.OWN_PAGE, "Cookie": cookie}
        answer = self._send(wire.request("POST", f"/api/v1/bookings/{stay['uuid']}/cancellation", headers, b"{}"))
        if answer is None:
            return
        stay["is_cancelled"] = answer.status == 200
        self.tally.count(answer, "cancelled" if stay["is_cancelled"] else f"not cancelled: {answer.code}")
        if not stay["is_cancelled"]:
            self.held.append((stay, cookie))

    def _change(self, data: bytes) -> None:
        answer = self._send(data)
        if answer is not None:
            outcome = {303: "quota changed", 503: "busy"}.get(answer.status)
            self.tally.count(answer, outcome or f"quota not changed: {answer.status}")

    def _send(self, data: bytes) -> wire.Answer | None:
        try:
            return self.connection.send(data)
        except wire.Broken as error:
            self.tally.outcomes["broken"] += 1
            self.tally.failures.append(f"connection: {error}")
            return None


def _say(line: dict[str, Any]) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    Attacker(json.load(sys.stdin)).run()
