"""The yardstick of writing: the very SQL of one request, through the bare driver, in as many processes.

One request is carried out in this process while its statements are noted. Values that belong to that request (whose
booking, which seat, which day) become names, and each process fills in its own. Run as a process of its own it reads
a pickled `Task` from standard input and writes how many transactions it did.
"""

from __future__ import annotations

import pickle
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

import psycopg
from sqlalchemy import Engine, event, make_url

from tests.race.server import ROOT


@dataclass(frozen=True)
class Hole:
    """A value that differs from request to request, by its name."""

    name: str


@dataclass(frozen=True)
class Statement:
    """SQL with its parameters; `is_many` for executemany, `gives` names the value that it returns."""

    sql: str
    parameters: Any
    is_many: bool = False
    gives: str | None = None


@dataclass(frozen=True)
class Task:
    """What one process does: these statements in one transaction, again and again, each time with the next values."""

    url: str
    statements: list[Statement]
    values: list[dict[str, Any]]
    seconds: float


@contextmanager
def noted() -> Iterator[list[tuple[str, Any, bool]]]:
    """Note statements as the driver gets them."""
    notes: list[tuple[str, Any, bool]] = []

    def note(_connection: Any, _cursor: Any, sql: str, parameters: Any, _context: Any, is_many: Any) -> None:
        if not sql.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            notes.append((sql, parameters, bool(is_many)))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield notes
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def generalise(
    notes: list[tuple[str, Any, bool]], known: Mapping[str, Any], gives: Mapping[str, str]
) -> list[Statement]:
    """Put holes where the values of `known` stand. `gives` names what a statement beginning so returns."""
    places = {_plain(value): Hole(name) for name, value in known.items()}
    statements = []
    for sql, parameters, is_many in notes:
        given = next((name for start, name in gives.items() if sql.startswith(start)), None)
        statements.append(Statement(sql, _with_holes(parameters, places), is_many, given))
    return statements


def _plain(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, memoryview | psycopg.Binary):  # the drivers' own wrappers of bytes
        return bytes(value if isinstance(value, memoryview) else value.obj)
    return value.isoformat() if isinstance(value, date) else value


def _with_holes(value: Any, places: Mapping[Any, Hole]) -> Any:
    if isinstance(value, dict):
        return {name: _with_holes(inner, places) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_with_holes(inner, places) for inner in value]
    try:
        return places.get(_plain(value), _plain(value) if isinstance(value, memoryview | psycopg.Binary) else value)
    except TypeError:  # a driver's own wrapper
        return value


def _filled(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, Hole):
        return values[value.name]
    if isinstance(value, dict):
        return {name: _filled(inner, values) for name, inner in value.items()}
    return [_filled(inner, values) for inner in value] if isinstance(value, list) else value


def throughput(
    url: str, statements: list[Statement], values: list[dict[str, Any]], processes: int, seconds: float
) -> float:
    """Transactions per second of so many processes together; each takes its share of `values`.

    They end at different times, some early after having had the database for themselves, so what counts is all that
    they did until the last one ended, not the sum of their own rates.
    """
    started = []
    for number in range(processes):
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.bare"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
        )
        pipe = _pipe(process.stdin)
        pipe.write(pickle.dumps(Task(url, statements, values[number::processes], seconds)))
        pipe.flush()
        started.append(process)
    for process in started:
        assert _pipe(process.stdout).readline() == b"ready\n"
    begins_at = time.monotonic()
    for process in started:
        with _pipe(process.stdin) as pipe:
            pipe.write(b"go\n")
    total, ended_at = 0, begins_at
    for process in started:
        with _pipe(process.stdout) as pipe:
            done, at = pipe.read().split()
        assert process.wait() == 0
        total, ended_at = total + int(done), max(ended_at, float(at))
    return total / (ended_at - begins_at)


def _pipe(end: IO[bytes] | None) -> IO[bytes]:
    assert end is not None
    return end


def run(task: Task) -> tuple[int, float]:
    """Return how many transactions were done, and when the last one was (monotonic clock, the same for all)."""
    execute, begin, end = _sqlite(task.url) if task.url.startswith("sqlite") else _postgresql(task.url)
    print("ready", flush=True)
    sys.stdin.readline()
    began, done = time.monotonic(), 0
    for values in task.values:
        begin()
        filled = dict(values)
        for statement in task.statements:
            rows = execute(statement, _filled(statement.parameters, filled))
            if statement.gives:
                filled[statement.gives] = rows[0][0]
        end()
        done += 1
        if time.monotonic() - began > task.seconds:
            break
    return done, time.monotonic()


Driver = tuple[Callable[[Statement, Any], Any], Callable[[], Any], Callable[[], Any]]


def _sqlite(url: str) -> Driver:
    connection = sqlite3.connect(make_url(url).database or "", timeout=60, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")

    def execute(statement: Statement, parameters: Any) -> Any:
        run = connection.executemany if statement.is_many else connection.execute
        return run(statement.sql, parameters).fetchall()

    return execute, lambda: connection.execute("BEGIN IMMEDIATE"), lambda: connection.execute("COMMIT")


def _postgresql(url: str) -> Driver:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(address)
    cursor = connection.cursor()

    def execute(statement: Statement, parameters: Any) -> Any:
        if statement.is_many:
            return cursor.executemany(statement.sql, parameters)
        cursor.execute(statement.sql, parameters)
        return cursor.fetchall() if cursor.description else None

    return execute, lambda: None, connection.commit


if __name__ == "__main__":
    from bench import bare  # what was pickled is of that module, not of the one that was started

    print(*bare.run(pickle.load(sys.stdin.buffer)))  # noqa: S301 - from our parent, and to it
