"""Public pages: find a seat, the directory, help and legal pages; spaces as open data."""

from collections.abc import Callable

from flask import Blueprint, Flask

blueprint = Blueprint("site", __name__)

from app.site.routes import api, legal, pages  # noqa: E402, F401 - they hang their views on the blueprint


def offline_pages(app: Flask) -> dict[str, Callable[[], str]]:
    return legal.offline_pages(app)
