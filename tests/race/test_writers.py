"""SQLite's writers take turns: nobody is overtaken again and again, or waits long. Without our doors they are."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.race import report, server

pytestmark = [pytest.mark.concurrency, pytest.mark.timeout(180)]
SECONDS = 2.5
# A transaction that takes its time; whoever wants the next one at once comes back within a part of that.
HOLD = 0.02
# The one who writes now and then, between the others who never pause.
PAUSE = 0.05
# Each of the others may come first a few times, because the kernel wakes all who wait at a door.
FAIR = 3


@pytest.fixture
def fare(folder):
    """Let so many processes write; returns the most that one of them was overtaken, and the longest wait."""

    def run(writers, *, doors):
        database = folder / "turns.sqlite3"
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE turns AS SELECT 0 AS number")
        plan = {
            "database_url": f"sqlite:///{database}",
            "seconds": SECONDS,
            "hold": HOLD,
            "pauses": [PAUSE] + [0] * (writers - 1),
            "doors": doors,
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.race.writer"],
            input=json.dumps(plan),
            stdout=subprocess.PIPE,
            check=True,
            text=True,
            timeout=90,
            cwd=server.ROOT,
            env={**os.environ, "PYTHONPATH": str(server.ROOT)},
        )
        turns = json.loads(done.stdout)
        overtaken, waited = max(turn[0] for turn in turns), max(turn[1] for turn in turns)
        print(f"{writers} writers, {len(turns)} turns: at most {overtaken} times overtaken, {waited:.2f} s waited")
        return overtaken, waited

    return run


@pytest.mark.parametrize("writers", [2, 8])
def test_writers_take_turns(fare, writers):
    overtaken, waited = fare(writers, doors=True)

    assert overtaken <= FAIR * writers
    assert waited < report.LOCK_WAIT_LIMIT


@pytest.mark.parametrize("writers", [2, 8])
def test_without_the_doors_somebody_is_overtaken_again_and_again(fare, writers):
    overtaken, _ = fare(writers, doors=False)

    assert overtaken > FAIR * writers
