"""Pages for employers, for their people, and for the county about them."""

from flask import Blueprint

blueprint = Blueprint("employers", __name__)

from app.employers.routes import (  # noqa: E402 - they hang their views on the blueprint
    agents,  # noqa: F401
    county,  # noqa: F401
    inviting,  # noqa: F401
    joining,  # noqa: F401
    lists,  # noqa: F401
    members,  # noqa: F401
    proving,  # noqa: F401
    registering,  # noqa: F401
)
