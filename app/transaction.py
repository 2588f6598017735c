"""One public verb = one transaction = one commit, tried again when the database was only too busy."""

from __future__ import annotations

import fcntl
import functools
import logging
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

from flask import g
from sqlalchemy import Connection, UniqueConstraint
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.errors import Busy, StorageFull
from app.extensions import Model, db

TRIES = 5
# PostgreSQL: serialization_failure, deadlock_detected, lock_not_available, too_many_connections,
# cannot_connect_now and the two that a fail-over shows.
TRANSIENT_STATES = {"40001", "40P01", "55P03", "53300", "57P03", "57P01", "25006"}
TRANSIENT_WORDS = ("database is locked", "database table is locked", "database is busy")
# Nothing can be written and trying again at once is no use: PostgreSQL's disk_full, SQLite's own words.
FULL_STATES = {"53100"}
FULL_WORDS = ("disk is full", "readonly database", "disk I/O error")
log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


class Again(Exception):
    """Somebody else was faster with the same thing: seen from the start, the operation knows what to do."""


def write(operation: Callable[P, R]) -> Callable[P, R]:
    """Run an operation in a transaction of its own and commit it.

    Refuses: `Busy` when the database refused five times in a row, `StorageFull` when it has no room. An operation
    never calls another one; what two of them share is a step.
    """
    return _tried(operation, _once)


def trial(operation: Callable[P, R]) -> Callable[P, R]:
    """Run an operation by the very rules, under the same locks, and take everything back: what would happen.

    Refuses: as `write`.
    """
    return _tried(operation, functools.partial(_once, is_kept=False))


def _tried(operation: Callable[P, R], once: Callable[..., R]) -> Callable[P, R]:
    @functools.wraps(operation)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if g.get("writer") is not None:
            message = f"{operation.__qualname__} was called inside another operation"
            raise RuntimeError(message)
        for attempt in range(TRIES):
            if attempt:
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - spreads tries, guards nothing
            try:
                return once(operation, *args, **kwargs)
            except Again:
                continue
            except DBAPIError as error:
                _reraise_unless_transient(error)
        raise Busy

    return run


def _reraise_unless_transient(error: DBAPIError) -> None:
    if is_full(error):
        log.error("nothing can be stored", exc_info=error)
        raise StorageFull from error
    if not is_transient(error):
        raise error


def _once(operation: Callable[..., R], *args: Any, is_kept: bool = True, **kwargs: Any) -> R:
    has_session = db.session.registry.has
    if has_session():
        db.session.rollback()  # what was read before the lock does not count
    # A connection of the engine's, which a session joins when one is used: one of its own would be begun and ended
    # for most operations in vain.
    with _turn(), db.engine.connect().execution_options(writes=True) as connection:
        try:
            g.writer = connection
            connection.begin()
            result = operation(*args, **kwargs)
            if not is_kept:
                _take_back(connection)
                return result
            if has_session():
                db.session.commit()
            _commit(connection)
        except BaseException:
            if has_session():
                db.session.rollback()
            raise
        else:
            return result
        finally:
            g.pop("writer", None)


def _take_back(connection: Connection) -> None:
    if db.session.registry.has():
        db.session.rollback()
    connection.rollback()


def _commit(connection: Connection) -> None:
    """Commit, or give the connection up: SQLite keeps a transaction open whose commit failed.

    SQLAlchemy takes such a transaction for ended and would hand its connection, and the lock, to the next operation.
    """
    try:
        connection.commit()
    except BaseException:
        connection.invalidate()
        raise


def let_go() -> None:
    """End what was read, before something that takes long: no transaction stays open. Not inside an operation."""
    if g.get("writer") is not None:
        raise RuntimeError("something that takes long was begun inside an operation")
    db.session.rollback()


def is_transient(error: DBAPIError) -> bool:
    """Whether the same transaction may succeed when it is tried again."""
    if error.connection_invalidated or getattr(error.orig, "sqlstate", None) in TRANSIENT_STATES:
        return True
    return any(word in str(error.orig) for word in TRANSIENT_WORDS)


def is_full(error: DBAPIError) -> bool:
    """Whether the database has no room or may not write."""
    if getattr(error.orig, "sqlstate", None) in FULL_STATES:
        return True
    return any(word in str(error.orig) for word in FULL_WORDS)


def violated(error: IntegrityError) -> str:
    """Return the name of the constraint that refused a row, or "" when the database does not say."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return diagnosis.constraint_name or ""
    text = str(error.orig)
    if text.startswith("CHECK constraint failed: "):
        return text.removeprefix("CHECK constraint failed: ")
    return _unique_names().get(text.removeprefix("UNIQUE constraint failed: "), "")


@functools.lru_cache(maxsize=1)
def _unique_names() -> dict[str, str]:
    """SQLite names the columns of a violated key, not the key."""
    names: dict[str, str] = {}
    for table in Model.metadata.tables.values():
        keys: list[tuple[object, list[str]]] = [(table.primary_key.name, [c.name for c in table.primary_key.columns])]
        keys += [(c.name, [x.name for x in c.columns]) for c in table.constraints if isinstance(c, UniqueConstraint)]
        keys += [(i.name, [x.name for x in i.columns]) for i in table.indexes if i.unique]
        for name, columns in keys:
            names[", ".join(f"{table.name}.{column}" for column in columns)] = str(name)
    return names


@contextmanager
def _turn() -> Iterator[None]:
    """Let SQLite's writers go one after the other, in about the order in which they came.

    SQLite's own waiting polls with growing pauses, so a writer that comes back at once overtakes those who sleep.
    Here a writer waits in a queue of two doors: who holds the inner one writes, who holds the outer one is next.
    A writer that comes back at once finds the outer door taken. Locks of dead processes are freed by the kernel.
    """
    path = db.engine.url.database if db.engine.dialect.name == "sqlite" else None
    if not path or path == ":memory:":
        yield
        return
    try:
        inner = os.open(f"{path}.turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        log.exception("nothing can be stored")
        raise StorageFull from error
    try:
        outer = os.open(f"{path}.queue", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(outer, fcntl.LOCK_EX)
            fcntl.flock(inner, fcntl.LOCK_EX)
        finally:
            os.close(outer)
        yield
    finally:
        os.close(inner)
