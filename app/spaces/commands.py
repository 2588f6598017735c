"""`flask spaces import FILE` and `flask spaces list`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import click
from flask import Flask
from flask.cli import AppGroup

from app import clock, problems
from app.errors import DomainError
from app.spaces import operations
from app.spaces.schemas import reading

spaces = AppGroup("spaces", help="Coworking houses: bring them in, list them, print their signs.")


def register(app: Flask) -> None:
    app.cli.add_command(spaces)


@contextmanager
def _refusals_said() -> Iterator[None]:
    """Say a refusal in its own words instead of a traceback."""
    try:
        yield
    except DomainError as error:
        places = [f"{place}: {text}" for place, text in problems.field_sentences(error).items()]
        raise click.ClickException("\n".join(places) or problems.sentence(error)) from error


@spaces.command("import")
@click.argument("file", type=click.File("rb"))
def import_file(file: BinaryIO) -> None:
    """Bring in towns and spaces from FILE (JSON, see data/README.md). A bad file changes nothing."""
    with _refusals_said():
        done = operations.import_spaces(file=reading.read(file.read()), now=clock.now())
    click.echo(
        f"Kommunen: {done.towns} neu oder geändert. "
        f"Orte: {len(done.new)} neu, {len(done.changed)} geändert, {len(done.unchanged)} unverändert."
    )
