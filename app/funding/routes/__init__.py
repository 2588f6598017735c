"""Pages for those who grant: quotas of employers, programmes of the county."""

from flask import Blueprint

blueprint = Blueprint("funding", __name__)

# They hang their views on the blueprint.
from app.funding.routes import closing, programmes, quotas, shaping  # noqa: E402, F401
