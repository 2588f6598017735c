"""Pages for those who grant: quotas of employers, programmes of the county."""

from flask import Blueprint

blueprint = Blueprint("funding", __name__)

from app.funding.routes import programmes, quotas  # noqa: E402, F401 - they hang their views on the blueprint
