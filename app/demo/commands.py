"""`flask demo load`."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import cast

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app import clock
from app.demo import bills, bookings, houses, operations, past, payers, queries
from app.demo import cast as people
from app.places import operations as places
from app.spaces import operations as spaces

DATA = Path(__file__).parents[2] / "data"
FILES = ("kreis-coesfeld.json", "beispiel.json")
# Which operator each host of the cast acts for; Kari acts for the county.
HOSTS = {"hana": "beispiel-werkhof-senden-gbr", "hugo": "beispiel-bahnhof-duelmen-gmbh"}

demo = AppGroup("demo", help="The cast and sample data to try things out with.")


def register(app: Flask) -> None:
    app.cli.add_command(demo)


@demo.command("load")
@click.pass_context
def load(context: click.Context) -> None:
    """Bring in the county, the sample spaces and the cast. A second time nothing changes."""
    if not current_app.config["NAHPLATZ"].demo:
        raise click.ClickException("Sample data have no place among real ones; DEMO=1 allows them.")
    import_file = cast("click.Group", current_app.cli.commands["spaces"]).commands["import"]
    for name in FILES:
        content = (DATA / name).read_bytes()
        # What its hosts have changed meanwhile stays.
        if any(space["slug"] not in queries.known_spaces() for space in json.loads(content)["spaces"]):
            context.invoke(import_file, file=io.BytesIO(content))
    now = clock.now()
    known = people.load(now) | people.load_extras(now)
    for key, operator in HOSTS.items():
        spaces.appoint_host(email=people.BY_KEY[key].email, operator=operator, now=now)
    places.appoint_officer(email=people.BY_KEY["kari"].email, ags=None, now=now)
    signs = operations.post_signs(now=now)
    houses.load(known, now)
    payers.load(known, now=now)
    bills.agree(known, now=now)
    visited = past.load(known, origin=current_app.config["NAHPLATZ"].public_url, now=now)
    booked = visited.bookings + bookings.load(known, now)
    statements, invoices = bills.bill(known["kari"], now=now)
    click.echo(
        f"Samples: {len(known)} people, {signs} new signs, {booked} new bookings, {visited.checkins} new check-ins, "
        f"{statements} new statements, {invoices} new invoices."
    )
