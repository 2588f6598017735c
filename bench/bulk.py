"""Bringing millions of rows into a database that nobody uses yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Table, UniqueConstraint, text
from sqlalchemy.schema import AddConstraint, DropConstraint

from app.extensions import Model, table


def size_mib(engine: Engine) -> float:
    """Size of the database on the disk."""
    pages = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    whole = "SELECT pg_database_size(current_database())"
    with engine.connect() as connection:
        return float(connection.execute(text(pages if is_sqlite(connection) else whole)).scalar_one()) / 2**20


def is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


@contextmanager
def in_bulk(connection: Connection, growing: Sequence[type[Model]]) -> Iterator[None]:
    """Nobody else is there and nothing is lost by a crash: no waiting for the disk, no index while rows come.

    The indexes of `growing` are made again at the end, and the connection is thrown away with its settings.
    """
    raw: Any = connection.connection.driver_connection
    if is_sqlite(connection):
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-3000000"):
            raw.execute(f"PRAGMA {pragma}").fetchall()
    else:
        _say_to(raw, "ALTER SYSTEM SET max_wal_size = '8GB'", "SELECT pg_reload_conf()")
        _say_to(raw, "SET synchronous_commit = off", "SET maintenance_work_mem = '1GB'")
        _say_to(raw, "SET session_replication_role = replica")  # rows that refer to each other are not looked up
    indexes = [index for model in growing for index in table(model).indexes]
    # SQLite cannot drop these.
    keys = [] if is_sqlite(connection) else [key for model in growing for key in _keys(table(model))]
    for index in indexes:
        index.drop(connection)
    for key in keys:
        connection.execute(DropConstraint(key))
    connection.commit()
    yield
    for key in keys:
        connection.execute(AddConstraint(key))
    for index in indexes:
        index.create(connection)
    connection.commit()
    if is_sqlite(connection):
        raw.execute("PRAGMA journal_mode=WAL").fetchall()
    else:
        # The server does this by itself when rows have come.
        _say_to(raw, "RESET ALL", "VACUUM (ANALYZE)", "CHECKPOINT")
        _say_to(raw, "ALTER SYSTEM RESET max_wal_size", "SELECT pg_reload_conf()")
    connection.invalidate()  # what was switched off here stays off for nobody


def _say_to(raw: Any, *statements: str) -> None:
    raw.autocommit = True
    for statement in statements:
        raw.execute(statement)
    raw.autocommit = False


def _keys(found: Table) -> list[UniqueConstraint]:
    return [key for key in found.constraints if isinstance(key, UniqueConstraint)]
