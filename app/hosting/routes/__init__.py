"""Pages for hosts and officers; what they change is in the packages below."""

from flask import Blueprint

blueprint = Blueprint("hosting", __name__)

from app.hosting.routes import api, devices, overview, place, safety  # noqa: E402, F401 - they hang their views on the blueprint
