"""`flask worker`, `flask reconcile`, `flask backup` and `flask restore`."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from app import clock, problems
from app.config import ConfigError
from app.extensions import db
from app.jobs import archive, backup, loop, queries, restore
from app.jobs.pushing import Pushing
from app.messages import steps as messages


def register(app: Flask) -> None:
    for command in (worker, reconcile, back_up, restore_from):
        app.cli.add_command(command)


@click.command()
@with_appcontext
def worker() -> None:
    """Send what is due and do the work of the night, until told to stop. Several may run."""
    _check_tables()
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    try:
        way = messages.way_out(current_app.config["NAHPLATZ"])
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    work = loop.Loop(way, stop)
    pushing = Pushing(current_app._get_current_object(), stop, work.name)  # type: ignore[attr-defined]  # noqa: SLF001 - threads need the app itself
    pushing.start()
    try:
        work.run()
    finally:
        stop.set()
        pushing.join()


@click.command()
@with_appcontext
def reconcile() -> None:
    """Prove that bookings, slots and check-ins agree. Exits with 1 when they do not."""
    _check_tables()
    count = 0
    with problems.said_in_shell():
        for finding in queries.findings():
            click.echo(f"{finding.kind}: {finding.text}")
            count += 1
    click.echo(f"{count} contradictions" if count else "No contradictions.")
    if count:
        raise SystemExit(1)


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def back_up(file: Path) -> None:
    """Write a copy of everything that is stored to FILE, while others go on working."""
    try:
        manifest = backup.back_up(file, now=clock.now())
    except (backup.NotUpToDate, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{file}: {_rows(manifest)}")


@click.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def restore_from(file: Path) -> None:
    """Put the backup FILE into the empty database of DATABASE_URL."""
    try:
        manifest = restore.restore(file, now=clock.now())
    except archive.Unusable as error:
        raise click.ClickException(f"{file} cannot be restored: {error}. Nothing was changed.") from error
    except restore.NotEmpty as error:
        raise click.ClickException(str(error)) from error
    except (SQLAlchemyError, RuntimeError) as error:  # zips of other programs are RuntimeErrors
        reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
        raise click.ClickException(f"{file} cannot be restored: {reason}. No row of it was kept.") from error
    click.echo(f"Restored {_rows(manifest)} of {manifest.made_at}.")


def _check_tables() -> None:
    """Refuse to work on tables of another version, and on none."""
    with problems.said_in_shell():
        is_at_head = queries.is_at_head()
        db.session.rollback()
    if not is_at_head:
        raise click.ClickException("The tables are not up to date. First run: flask db upgrade")


def _rows(manifest: archive.Manifest) -> str:
    return f"{sum(table.rows for table in manifest.tables)} rows in {len(manifest.tables)} tables"
