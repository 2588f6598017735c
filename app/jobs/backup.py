"""A copy of everything that is stored, in one file, from one moment, while others go on writing."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Table, select

from app.checkins.models import Restore
from app.extensions import Model, db, reading
from app.jobs import archive, queries
from app.jobs.models import NightlyTask, Worker

# What workers note about themselves, and that this house came out of a backup, says nothing to the next one.
LEFT_OUT = {Worker.__tablename__, NightlyTask.__tablename__, Restore.__tablename__}
BATCH = 500


class NotUpToDate(Exception):
    """The tables are not those of this version."""


def tables() -> list[Table]:
    """Return the tables of a backup, each after those that it points to."""
    return [table for table in Model.metadata.sorted_tables if table.name not in LEFT_OUT]


def back_up(target: Path, *, now: datetime) -> archive.Manifest:
    """Write a backup; `target` appears, or is replaced, when the backup is whole and on disk.

    Refuses: `NotUpToDate`.
    """
    if not queries.is_at_head():
        raise NotUpToDate("The tables are not up to date. First run: flask db upgrade")
    with _appearing(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as content, _one_moment() as one:
        found = [archive.write_table(content, table, _rows(one, table)) for table in tables()]
        manifest = archive.Manifest(archive.FORMAT, queries.head(), now.isoformat(), found)
        manifest.write(content)
    return manifest


@contextmanager
def _one_moment() -> Iterator[Connection]:
    """A connection on which all reads see the database as it is at the first one."""
    options: dict[str, Any] = {"stream_results": True, **reading(db.engine)}
    if db.engine.dialect.name == "postgresql":
        options["postgresql_readonly"] = True
    with db.engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def _rows(connection: Connection, table: Table) -> Iterator[Any]:
    """Read in the order of the key: rows that point to others of the same table come after these."""
    yield from connection.execute(select(table).order_by(*table.primary_key).execution_options(yield_per=BATCH))


@contextmanager
def _appearing(target: Path) -> Iterator[IO[bytes]]:
    """A file that nobody else may read, and that gets its name only when it is complete."""
    target = target.absolute()
    with tempfile.NamedTemporaryFile(prefix=f".{target.name}-", dir=target.parent, delete=False) as file:
        draft = Path(file.name)
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            draft.rename(target)
        except BaseException:
            draft.unlink()
            raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name shall survive a power cut too
    finally:
        os.close(folder)
