"""Flask extensions without an app, and how this house opens a database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, Table, event
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator


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


db = SQLAlchemy(model_class=Model, session_options={"expire_on_commit": False, "autoflush": False})
login_manager = LoginManager()
csrf = CSRFProtect()
migrate = Migrate(directory="migrations", render_as_batch=True, compare_type=True)


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


def writing(engine: Engine) -> dict[str, Any]:
    """Return the execution options of a connection that is going to write."""
    # On PostgreSQL reads go without BEGIN and ROLLBACK, two of three journeys to the database, so writers ask for them.
    isolation = {"isolation_level": "READ COMMITTED"} if engine.dialect.name == "postgresql" else {}
    return {"writes": True, **isolation}


def reading(engine: Engine) -> dict[str, Any]:
    """Return the execution options of a connection whose reads all see the database as it is at the first one."""
    return {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        # A reader that turns writer can be refused at any time; writers say so at once.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
