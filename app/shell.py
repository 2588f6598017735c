"""What `flask …` needs and a web server does not: the commands of every package, and the migrations."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate

from app.extensions import db

_migrate = Migrate(directory="migrations", render_as_batch=True, compare_type=True)


def install(app: Flask, packages: Iterable[str]) -> None:
    """Register `flask db …` and the commands of `packages`."""
    _migrate.init_app(app, db)
    for name in packages:
        folder = Path(__file__).parent / name
        if (folder / "commands.py").exists() or (folder / "commands").is_dir():
            import_module(f"app.{name}.commands").register(app)
