"""`flask spaces import`, `flask spaces list` and `flask people grant`."""

from __future__ import annotations

from typing import BinaryIO

import click
from flask import Flask
from flask.cli import AppGroup

from app import clock, problems
from app.places import operations as places
from app.places import steps
from app.spaces import operations, queries
from app.spaces.schemas import reading

spaces = AppGroup("spaces", help="Coworking houses: bring them in, list them, print their signs.")


def register(app: Flask) -> None:
    app.cli.add_command(spaces)
    people = app.cli.commands.get("people")
    if not isinstance(people, click.Group):
        people = AppGroup("people", help="People and what they may do.")
        app.cli.add_command(people)
    people.add_command(grant)


@spaces.command("import")
@click.argument("file", type=click.File("rb"))
def import_file(file: BinaryIO) -> None:
    """Bring in towns and spaces from FILE (JSON, see data/README.md). A bad file changes nothing."""
    with problems.said_in_shell():
        done = operations.import_spaces(file=reading.read(file.read()), now=clock.now())
    click.echo(
        f"Towns: {done.towns} new or changed. "
        f"Spaces: {len(done.new)} new, {len(done.changed)} changed, {len(done.unchanged)} unchanged."
    )


@spaces.command("list")
def list_spaces() -> None:
    """List all spaces with slugs, towns, desks and the slugs of their operators."""
    rows = [("SLUG", "SPACE", "TOWN", "SEATS", "OPERATOR")]
    with problems.said_in_shell():
        known = queries.directory().by_id.values()
    for space in known:
        seats = str(len(space.seats)) if space.is_bookable else "–"
        rows.append(
            (space.slug, space.name, space.town_name, seats, steps.slug_of(space.operator) if space.operator else "–")
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip())


@click.command("grant")
@click.argument("email")
@click.argument("scope", metavar="county|town:AGS|operator:SLUG")
def grant(email: str, scope: str) -> None:
    """Let the person at EMAIL act for the county, for a town or for an operator with all its spaces."""
    kind, _, key = scope.partition(":")
    if scope != "county" and (kind not in {"town", "operator"} or not key):
        raise click.BadParameter("county, town:AGS or operator:SLUG", param_hint="SCOPE")
    with problems.said_in_shell():
        if kind == "operator":
            is_new = operations.appoint_host(email=email, operator=key, now=clock.now())
        else:
            is_new = places.appoint_officer(email=email, ags=key or None, now=clock.now())
    click.echo(f"{email} acts for {scope} now." if is_new else f"{email} acts for {scope} already.")
