"""What a person sees of who pays for them, and what an employer sees of its people as numbers."""

from flask import Blueprint

blueprint = Blueprint("reporting", __name__)
TIMEZONE = "Europe/Berlin"

from app.reporting.routes import (  # noqa: E402 - they hang their views on the blueprint
    counts,  # noqa: F401
    own,  # noqa: F401
)
