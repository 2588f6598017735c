"""Bookings on the web: JSON for our own pages and other systems, forms for everybody."""

from flask import Blueprint

blueprint = Blueprint("bookings", __name__)

from app.bookings.routes import api, doors, pages, rooms  # noqa: E402, F401 - they hang their views on the blueprint
