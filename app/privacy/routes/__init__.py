"""The profile: what people change about themselves, take with them and end, and who did what that concerns them."""

from flask import Blueprint

blueprint = Blueprint("privacy", __name__, url_prefix="/profil")

from app.privacy.routes import profile, protocol  # noqa: E402, F401 - they hang their views on the blueprint
