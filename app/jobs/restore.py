"""Put a backup into an empty database, of either kind. All of it or nothing."""

from __future__ import annotations

import itertools
import zipfile
from datetime import datetime
from pathlib import Path

import flask_migrate
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, insert, inspect, select, table, text

from app.checkins.models import Restore
from app.extensions import db
from app.jobs import archive, queries
from app.jobs.backup import LEFT_OUT
from app.jobs.queries.health import MIGRATIONS

BATCH = 500


class NotEmpty(Exception):
    """There is something in the database that a restore would mix with."""


def restore(source: Path, *, now: datetime) -> archive.Manifest:
    """Check the whole file, make its tables, fill them in one transaction, and bring them up to date.

    It is noted that the house came out of a backup: phones are asked for what they sent since that was made.

    Refuses: `archive.Unusable`, `NotEmpty`.
    """
    with archive.open_archive(source) as content:
        manifest = archive.read_manifest(content)
        _check(content, manifest)
        _check_empty()
        _make_tables(manifest.revision)
        _fill(content, manifest)
    flask_migrate.upgrade()
    with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
        made_at = datetime.fromisoformat(manifest.made_at)
        connection.execute(insert(Restore).values(backup_made_at=made_at, restored_at=now))
    return manifest


def _check(content: zipfile.ZipFile, manifest: archive.Manifest) -> None:
    """Read everything once before anything is changed."""
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if manifest.revision not in known:
        raise archive.Unusable(f"it comes from a newer version (revision {manifest.revision}); update Nahplatz first")
    for facts in manifest.tables:
        for _ in archive.read_table(content, facts):
            pass


def _check_empty() -> None:
    names = set(inspect(db.engine).get_table_names())
    if names and "alembic_version" not in names:
        raise NotEmpty("The database has tables that do not come from Nahplatz. Choose another one in DATABASE_URL.")
    with db.engine.connect() as connection:
        for name in sorted(names - LEFT_OUT - {"alembic_version"}):
            if connection.execute(select(text("1")).select_from(table(name)).limit(1)).first():
                raise NotEmpty(
                    f"The database is not empty: there are rows in {name}. "
                    "Restore into a new one: another file or database in DATABASE_URL."
                )


def _make_tables(revision: str) -> None:
    """Make the tables of the backup's time."""
    present = queries.revision()
    db.session.remove()
    if present not in {None, revision}:
        flask_migrate.downgrade(revision="base")
    flask_migrate.upgrade(revision=revision)


def _fill(content: zipfile.ZipFile, manifest: archive.Manifest) -> None:
    with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
        for facts in manifest.tables:
            target = archive.table_of(facts)
            rows = archive.read_table(content, facts)
            while batch := list(itertools.islice(rows, BATCH)):
                connection.execute(insert(target), batch)
            count = connection.execute(select(func.count()).select_from(target)).scalar_one()
            if count != facts.rows:
                raise archive.Unusable(f"table {facts.name} has {count} rows instead of {facts.rows}")
            if connection.dialect.name == "postgresql":
                _continue_numbers(connection, facts)


def _continue_numbers(connection: Connection, facts: archive.TableFacts) -> None:
    """Let PostgreSQL number the next row after the last one; SQLite does so by itself."""
    if "id" not in dict(facts.columns):
        return
    name = f'"{facts.name}"'
    connection.execute(
        text(
            f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), coalesce(max(id), 1), max(id) IS NOT NULL) "  # noqa: S608 - names of our own tables
            f"FROM {name}"
        )
    )
