"""Flask extensions without an app, and how this house opens a database."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from flask import current_app, g
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as SignallingSession
from flask_wtf import CSRFProtect
from sqlalchemy import (
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    MetaData,
    Table,
    create_engine,
    event,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

T = TypeVar("T")


class Model(DeclarativeBase):
    """Base of all tables. Every constraint has a name: refusals are told apart by it, migrations drop it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def table(model: type[Model]) -> Table:
    """Return the bare table of a model, for statements that are put together once and run by every request."""
    return cast("Table", model.__table__)


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC. SQLite has no time zones, so it is stored there without one and comes back aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a moment needs a time zone"
            raise ValueError(message)
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Session(SignallingSession):
    """The ORM's session. Within an operation it joins the operation's transaction."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        return g.get("writer") or super().get_bind(*args, **kwargs)


db = SQLAlchemy(model_class=Model, session_options={"class_": Session, "expire_on_commit": False, "autoflush": False})
login_manager = LoginManager()
csrf = CSRFProtect()


def execute(statement: Executable, values: Any = None) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement about tables and columns: in the session's transaction if one is open, else as a single read.

    `values` fill its holes: a mapping, or a list of them to run it once for each. The ORM's session would do as much
    work around a statement as the statement takes, and on PostgreSQL two more journeys for BEGIN and ROLLBACK.
    """
    return on_connection(lambda connection: connection.execute(statement, values), is_write=statement.is_dml)


def on_connection(work: Callable[[Connection], T], *, is_write: bool) -> T:
    """Let `work` use the connection of the session's transaction if one is open or needed, else that of single reads.

    A single read whose connection turns out to be dead is tried once more: the database was started anew meanwhile.
    """
    own = _transaction() or (db.session.connection() if is_write else None)
    if own is not None:
        return work(own)
    try:
        return work(_reader())
    except DBAPIError as error:
        stop_reading()
        if not error.connection_invalidated:
            raise
        return work(_reader())
    except BaseException:
        stop_reading()
        raise


def _transaction() -> Connection | None:
    """Return the connection of the session's transaction, if one is open."""
    writer: Connection | None = g.get("writer")
    if writer is None and db.session.registry.has() and db.session().in_transaction():
        writer = db.session.connection()
    return writer


@dataclass
class _Reader:
    """The connection on which a thread reads; each statement sees what is committed by then."""

    connection: Connection
    begun: float
    era: int

    def is_good(self) -> bool:
        return self.era == _era and time.monotonic() < self.begun + READER_SECONDS


class _Thread(threading.local):
    """Taking a connection and giving it back costs as much as a short read, so each thread keeps one per engine."""

    def __init__(self) -> None:
        self.readers: WeakKeyDictionary[Engine, _Reader] = WeakKeyDictionary()


def _reader() -> Connection:
    engine = db.engine
    kept = _thread.readers.get(engine)
    if kept is None or not kept.is_good():
        stop_reading()
        connection = (_readers.get(engine) or _make_reader(engine)).connect()
        kept = _thread.readers[engine] = _Reader(connection, time.monotonic(), _era)
    return kept.connection


def _make_reader(engine: Engine) -> Engine:
    """Return what reads without BEGIN and ROLLBACK: on PostgreSQL connections of their own, made so once for all."""
    if engine.dialect.name == "sqlite":
        reader: Engine = engine.execution_options(reads=True)
    else:
        pool = {name: current_app.config["SQLALCHEMY_ENGINE_OPTIONS"][name] for name in POOL}
        reader = create_engine(engine.url, isolation_level="AUTOCOMMIT", pool_reset_on_return=None, **pool)
    return _readers.setdefault(engine, reader)


def unless_changed(key: Hashable, ask: Callable[[], T]) -> T:
    """Return what `ask` reads, or what it read before on this connection when nothing has changed in the database.

    SQLite tells: by a number that the commits of others change, and by the rows that this connection changed itself.
    """
    if db.engine.dialect.name != "sqlite" or _transaction() is not None:
        return ask()
    reader = _reader()
    raw = cast("sqlite3.Connection", reader.connection.dbapi_connection)
    mark = raw.execute("PRAGMA data_version").fetchone(), raw.total_changes
    if reader.info.get("mark") != mark:
        reader.info.update(mark=mark, known={})
    known: dict[Hashable, T] = reader.info["known"]
    if key not in known:
        if len(known) >= MOST_KNOWN:
            known.clear()
        known[key] = ask()
    return known[key]


MOST_KNOWN = 300  # on each connection
POOL = ("pool_size", "max_overflow", "pool_recycle")
READER_SECONDS = 1800
_readers: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()
_thread = _Thread()
_era = 0


def stop_reading() -> None:
    """Give this thread's reading connection back."""
    kept = _thread.readers.pop(db.engine, None)
    if kept is not None:
        kept.connection.close()


def disconnect() -> None:
    """Close all connections of this process that are not in use; other threads let go of theirs when they read next."""
    global _era  # noqa: PLW0603
    _era += 1
    stop_reading()
    db.engine.dispose()
    if db.engine in _readers:
        _readers[db.engine].dispose()


@event.listens_for(Engine, "connect")
def _prepare_sqlite(raw: Any, record: object) -> None:
    """Durable, checked and concurrent: WAL lets readers go on while one writes, FULL survives a power cut."""
    del record
    if "sqlite3" not in type(raw).__module__:
        return
    raw.isolation_level = None  # the driver must not begin transactions on its own; see _begin
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
    ):
        raw.execute(f"PRAGMA {pragma}")


def reading(engine: Engine) -> dict[str, Any]:
    """Return the execution options of a connection whose reads all see the database as it is at the first one."""
    return {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if connection.dialect.name == "sqlite" and not options.get("reads"):
        # A reader that turns writer can be refused at any time; writers say so at once.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")
