"""What somebody is told and how; the calendar that programs subscribe to."""

from flask import Blueprint

blueprint = Blueprint("reminders", __name__)

from app.reminders.routes import (  # noqa: E402 - they hang their views on the blueprint
    calendar,  # noqa: F401
    choices,  # noqa: F401
    subscriptions,  # noqa: F401
)
