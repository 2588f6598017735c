"""`flask worker`, `flask reconcile`, `flask backup` and `flask restore`."""

from __future__ import annotations

import signal
import threading

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.config import ConfigError
from app.jobs import loop, queries
from app.messages import steps as messages


def register(app: Flask) -> None:
    for command in (worker, reconcile):
        app.cli.add_command(command)


@click.command()
@with_appcontext
def worker() -> None:
    """Send what is due and do the work of the night, until told to stop. Several may run."""
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    try:
        way = messages.way_out(current_app.config["NAHPLATZ"])
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    loop.Loop(way, stop).run()


@click.command()
@with_appcontext
def reconcile() -> None:
    """Prove that bookings, slots and check-ins agree. Exits with 1 when they do not."""
    count = 0
    for finding in queries.findings():
        click.echo(f"{finding.kind}: {finding.text}")
        count += 1
    click.echo(f"{count} contradictions" if count else "No contradictions.")
    if count:
        raise SystemExit(1)
