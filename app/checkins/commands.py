"""`flask spaces sign SLUG --pdf FILE`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask, current_app

from app import clock, problems
from app.checkins import operations, posters
from app.spaces import queries as spaces


def register(app: Flask) -> None:
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
    except (OSError, posters.PosterError) as error:
        raise click.ClickException(f"The PDF could not be made: {error}") from error
    click.echo(f"{pdf}: sign {posted.epoch} of {space.name}, short code {posted.printed}")
