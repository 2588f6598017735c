"""Pages for hosts and officers; what they change is in the packages below."""

from collections.abc import Callable

from flask import Blueprint, Flask

blueprint = Blueprint("hosting", __name__)

from app.hosting.routes import (  # noqa: E402 - they hang their views on the blueprint
    api,  # noqa: F401
    board,
    closing,  # noqa: F401
    defects,  # noqa: F401
    devices,  # noqa: F401
    door,  # noqa: F401
    hours,  # noqa: F401
    offers,  # noqa: F401
    officers,  # noqa: F401
    overview,  # noqa: F401
    people,  # noqa: F401
    photos,  # noqa: F401
    place,  # noqa: F401
    release,  # noqa: F401
    safety,  # noqa: F401
    seats,  # noqa: F401
    signs,
)


def offline_pages(app: Flask) -> dict[str, Callable[[], str]]:
    return board.offline_pages(app) | signs.offline_pages(app)
