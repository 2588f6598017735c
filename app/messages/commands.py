"""`flask push keys`."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.config import ConfigError
from app.messages import vapid

push = AppGroup("push", help="What messages to phones are sent with.")


def register(app: Flask) -> None:
    app.cli.add_command(push)


@push.command("keys")
@click.option(
    "--new",
    "is_new",
    is_flag=True,
    help="Replace the key, because others know it: all phones must allow messages again.",
)
def keys(*, is_new: bool) -> None:
    """Make the key by which push services know us, where there is none yet, and print its public half."""
    settings = current_app.config["NAHPLATZ"]
    had = vapid.file_of(settings).exists()
    try:
        key = vapid.make(settings, is_new=is_new)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    state = "kept" if had and not is_new else "made"
    click.echo(f"push key {state}, its public half is {key.public}")
    if had and is_new:
        click.echo("What phones had allowed was bound to the old key: nothing reaches them until they allow it again.")
