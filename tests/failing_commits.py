"""Let commits of operations fail, as a database does under load: `pytest -p tests.failing_commits`.

One in five, at most three in a row, drawn by lot for each test from its name. Nothing may change but time: whatever an
operation did before its commit, it does again. `--tries=1` takes the retries away; tests must fail then.
"""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

from app import transaction

SHARE, IN_A_ROW = 0.2, 3
COUNTED = "commits that failed"


class _Row(threading.local):
    """How many commits of a thread failed in a row: it carries out one operation at a time."""

    length = 0


@dataclass(eq=False)
class Failing:
    """Refuses commits of operations. The transaction is lost then, as when the database itself refuses."""

    lots: random.Random
    count: int = 0
    row: _Row = field(default_factory=_Row)

    def __call__(self, connection: Connection) -> None:
        if not connection.get_execution_options().get("writes"):
            return  # not an operation: a test furnishes its house
        if self.row.length == IN_A_ROW or self.lots.random() >= SHARE:
            self.row.length = 0
            return
        self.row.length += 1
        self.count += 1
        is_sqlite = connection.dialect.name == "sqlite"
        busy = sqlite3.OperationalError("database is locked") if is_sqlite else psycopg.errors.SerializationFailure()
        raise OperationalError("COMMIT", {}, busy)


@contextmanager
def failing(seed: str) -> Iterator[Failing]:
    """Let commits fail until the block ends, the same ones for the same seed."""
    refuse = Failing(random.Random(seed))
    event.listen(Engine, "commit", refuse)
    try:
        yield refuse
    finally:
        event.remove(Engine, "commit", refuse)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--tries", type=int, default=transaction.TRIES, help="how often an operation is tried")


@pytest.fixture(autouse=True)
def failing_commits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if request.node.get_closest_marker("one_try"):
        yield
        return
    monkeypatch.setattr(transaction, "TRIES", request.config.getoption("--tries"))
    with failing(request.node.nodeid) as refuse:
        yield
    request.node.user_properties.append((COUNTED, refuse.count))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many failed; the counts come with the reports, also from other processes."""
    ended = (report for reports in terminalreporter.stats.values() for report in reports)
    counts = [
        count
        for report in ended
        if getattr(report, "when", "") == "teardown"
        for name, count in report.user_properties
        if name == COUNTED
    ]
    terminalreporter.write_line(f"{sum(counts):,} commits failed on purpose, in {sum(map(bool, counts)):,} tests")
