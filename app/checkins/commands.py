"""`flask spaces sign SLUG --pdf FILE` and `flask checkins keys`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app import clock, problems, typesetting
from app.checkins import keys as files
from app.checkins import operations, posters, queries
from app.spaces import queries as spaces

checkins = AppGroup("checkins", help="What check-ins are shown and proved with.")


def register(app: Flask) -> None:
    app.cli.add_command(checkins)
    group = app.cli.commands["spaces"]
    if isinstance(group, click.Group):
        group.add_command(sign)


@click.command("sign")
@click.argument("slug")
@click.option("--pdf", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Where the PDF goes.")
@click.option("--new", "is_new", is_flag=True, help="Replace the sign; scans of the old one are flagged after a day.")
def sign(slug: str, pdf: Path, *, is_new: bool) -> None:
    """Print the sign of the space SLUG: an A4 and an A5 page with QR code and short code."""
    if not pdf.absolute().parent.is_dir():
        raise click.BadParameter(f"there is no folder {pdf.parent}", param_hint="--pdf")
    with problems.said_in_shell():
        space = spaces.directory().space(slug)
        post = operations.replace_sign if is_new else operations.post_sign
        posted = post(space_id=space.id, now=clock.now())
    poster = posters.Poster(space, posted, current_app.config["NAHPLATZ"].public_url)
    try:
        pdf.write_bytes(poster.pdf())
    except (OSError, typesetting.TypesettingError) as error:
        raise click.ClickException(f"The PDF could not be made: {error}") from error
    click.echo(f"{pdf}: sign {posted.epoch} of {space.name}, short code {posted.printed}")


@checkins.command("keys")
@click.option("--new", "is_new", is_flag=True, help="Sign with a new key from now on, because the files are lost.")
@click.option("--leaked", "is_leaked", is_flag=True, help="With --new: others know the files; refuse what they signed.")
def keys(*, is_new: bool, is_leaked: bool) -> None:
    """Make the keys that sign passes where they are due, and list them. Exits with 1 when a file is missing here."""
    if is_leaked and not is_new:
        raise click.UsageError("--leaked goes together with --new.")
    folder, now = current_app.config["NAHPLATZ"].keys_dir, clock.now()
    with problems.said_in_shell():
        if is_new:
            live = operations.replace_keys(folder=folder, is_leaked=is_leaked, now=now)
        else:
            live = operations.make_keys(folder=folder, now=now)
    current = queries.current_key(live, now)
    missing = [_listed(folder, key, current) for key in live]
    if any(missing):
        raise click.ClickException(f"Copy what is missing into {folder} from the machine that made it, or use --new.")


def _listed(folder: Path, key: queries.KeyFacts, current: queries.KeyFacts | None) -> bool:
    """Print a key; return whether its file is needed here and cannot be used."""
    is_over = current is not None and key.valid_from < current.valid_from
    state = "signs" if key == current else "is still read" if is_over else "signs next"
    trouble = ""
    if not is_over:
        try:
            files.load(folder, key.kid, key.public_key)
        except files.KeyUnusable as error:
            trouble = f", {error}"
    click.echo(f"key {key.kid}: {state}, from {key.valid_from:%Y-%m-%d %H:%M} UTC{trouble}")
    return bool(trouble)
