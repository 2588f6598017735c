"""Bookings on the web: JSON for our own pages and other systems, forms for everybody."""

from flask import Blueprint

blueprint = Blueprint("bookings", __name__)

from app.bookings.routes import (  # noqa: E402 - they hang their views on the blueprint
    api,  # noqa: F401
    doors,  # noqa: F401
    pages,  # noqa: F401
    payer,  # noqa: F401
    programmes,  # noqa: F401
    regular,  # noqa: F401
    rooms,  # noqa: F401
)
