"""One race: the real server, real client processes, few seats; afterwards the rows are counted."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from app import clock
from tests.race import findings, house, keys, server
from tests.race.findings import Findings

CLIENTS = 16
PEOPLE = 24
# After so many attempts others take over: nobody has thousands of cancelled bookings before them in real life.
ATTEMPTS_OF_A_CROWD = 20_000
SPACES = 2
SEATS = 4
DAYS = 4
ROUNDS = 20
AT_ONCE = 8
ROUND_SECONDS = 0.15


@dataclass(frozen=True)
class Course:
    """How long a race is: it ends after so many attempts or seconds.

    A control lacks what makes it safe: the `keys` of seats, or the `checks` of accounts.
    """

    attempts: int
    seconds: float
    control: str = ""
    seed: int = 1

    @property
    def is_control(self) -> bool:
        return bool(self.control)


@dataclass(frozen=True)
class Outcome:
    """What a race showed. Times in seconds."""

    database: str
    control: str
    attempts: int
    outcomes: Counter[str]
    failures: list[str]
    findings: Findings
    double_rounds: int  # rounds of eight at once in which not exactly one was booked
    longest_request: float
    p99: float
    longest_lock_wait: float
    seconds: float

    @property
    def is_control(self) -> bool:
        return bool(self.control)

    @property
    def errors(self) -> int:
        return len(self.failures)


Say = Callable[[str], None]


def run(database_url: str, folder: Path, course: Course, say: Say = print) -> Outcome:
    """Run one race on a migrated, empty database."""
    with house.opened(database_url, folder / "house") as app:
        doors = house.add_spaces(SPACES, SEATS)
        agent, *visitors = house.add_visitors(app, 1 + AT_ONCE + PEOPLE * -(-course.attempts // ATTEMPTS_OF_A_CROWD))
        acting = _acting(agent, house.add_quotas(visitors, agent))
    if course.control == "keys":
        keys.drop(database_url)
    elif course.control == "checks":
        keys.drop_of_accounts(database_url)
        acting = None  # a change grants what is taken, and would hide what was overdrawn before
    waits = folder / "waits"
    waits.mkdir()
    served = "tests.race.spendthrift:app" if course.control == "checks" else "tests.race.watched:app"
    with server.running(database_url, folder, app=served, WATCH_FOLDER=str(waits)) as serving:
        began = time.monotonic()
        plans = _plans(serving.port, doors, visitors, course)
        tallies = Clients([plan | {"agent": acting} for plan in plans], say).results()
        seconds = time.monotonic() - began
    merged = _merge(tallies)
    with house.opened(database_url, folder / "house"):
        contradictions = house.contradictions()
    return Outcome(
        database=database_url.partition(":")[0].partition("+")[0],
        control=course.control,
        attempts=sum(tally["attempts"] for tally in tallies),
        outcomes=merged["outcomes"],
        failures=[failure for tally in tallies for failure in tally["failures"]],
        findings=findings.of(database_url, [stay for tally in tallies for stay in tally["stays"]], contradictions),
        double_rounds=sum(merged["round_winners"][str(number)] != 1 for number in range(ROUNDS)),
        longest_request=max(tally["slowest"] for tally in tallies),
        p99=_percentile(merged["milliseconds"], 0.99) / 1000,
        longest_lock_wait=max((float(path.read_text(encoding="ascii") or 0) for path in waits.iterdir()), default=0.0),
        seconds=seconds,
    )


def _acting(agent: house.Visitor, quotas: list[int]) -> dict[str, Any]:
    """Write what the clients need to change quotas: all of them act for the same employer."""
    return {
        "cookie": agent.cookie,
        "page": f"/arbeitgeber/{house.EMPLOYER}/kontingente",
        "quotas": quotas,
        "most": 2 * house.POOL,
        "ends_on": (clock.now().date() + timedelta(days=400)).isoformat(),
    }


def _plans(port: int, doors: list[house.Door], visitors: list[house.Visitor], course: Course) -> list[dict[str, Any]]:
    """Write what each client does. The rounds of eight at once lie behind the contested days and end first."""
    tomorrow = clock.now().date() + timedelta(days=1)
    days = [(tomorrow + timedelta(days=number)).isoformat() for number in range(DAYS + ROUNDS)]
    # Sixteen interpreters need a moment to start.
    first_round = time.monotonic() + 5
    moments = [first_round + number * ROUND_SECONDS for number in range(ROUNDS)]
    plans = []
    for number in range(CLIENTS):
        rounds = {
            "moments": moments if number < AT_ONCE else [],
            "dates": days[DAYS:],
            "space": doors[0].slug,
            "cookie": visitors[number % AT_ONCE].cookie,  # they do nothing else, or their 20 would be full
        }
        plan = {
            "port": port,
            "seed": course.seed * 1000 + number,
            "attempts": course.attempts // CLIENTS,
            "deadline": time.monotonic() + course.seconds,
            "doors": house.as_plain(doors),
            "cookies": [visitor.cookie for visitor in visitors[AT_ONCE:]],
            "crowd": PEOPLE,
            "attempts_of_a_crowd": ATTEMPTS_OF_A_CROWD // CLIENTS,
            "dates": days[:DAYS],
            "rounds": rounds,
        }
        plans.append(plan)
    return plans


class Clients:
    """The client processes, and what they tell."""

    def __init__(self, plans: list[dict[str, Any]], say: Say, module: str = "tests.race.attacker") -> None:
        self.say = say
        self.module = module
        self.began = time.monotonic()
        self.attempts = [0] * len(plans)
        self.done: list[dict[str, Any]] = []
        self.processes = [self._start(plan) for plan in plans]

    def _start(self, plan: dict[str, Any]) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", self.module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=server.ROOT,
            env={**os.environ, "PYTHONPATH": str(server.ROOT)},
        )
        assert process.stdin is not None
        with process.stdin as pipe:
            json.dump(plan, pipe)
        return process

    def results(self) -> list[dict[str, Any]]:
        """Wait for all clients; say every ten seconds how far they are."""
        try:
            self._listen()
        finally:
            for process in self.processes:
                if process.poll() is None:
                    process.terminate()
                process.wait()
                if process.stdout is not None:
                    process.stdout.close()
        assert len(self.done) == len(self.processes), "a client broke off; its traceback is above"
        return self.done

    def _listen(self) -> None:
        told = time.monotonic()
        with selectors.DefaultSelector() as selector:
            for number, process in enumerate(self.processes):
                assert process.stdout is not None
                selector.register(process.stdout, selectors.EVENT_READ, number)
            while selector.get_map():
                for key, _ in selector.select(timeout=5):
                    line = key.fileobj.readline()  # type: ignore[union-attr]
                    if not line:
                        selector.unregister(key.fileobj)
                        continue
                    self._hear(key.data, json.loads(line))
                if time.monotonic() - told > 10:
                    told = time.monotonic()
                    self.say(f"{sum(self.attempts):>10,} attempts after {told - self.began:,.0f} s")

    def _hear(self, number: int, line: dict[str, Any]) -> None:
        self.attempts[number] = line["attempts"]
        if "done" in line:
            self.done.append(line["done"])


def _merge(tallies: list[dict[str, Any]]) -> dict[str, Counter[str]]:
    merged: dict[str, Counter[str]] = {}
    for name in ("outcomes", "milliseconds", "round_winners"):
        merged[name] = Counter()
        for tally in tallies:
            merged[name].update(tally[name])
    return merged


def _percentile(milliseconds: Counter[str], share: float) -> float:
    left = share * sum(milliseconds.values())
    for value in sorted(milliseconds, key=int):
        left -= milliseconds[value]
        if left <= 0:
            return float(value) + 1
    return 0.0
