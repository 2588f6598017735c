"""Pages about what is owed: statements of employers and programmes, an operator's invoices."""

from flask import Blueprint

blueprint = Blueprint("billing", __name__)

from app.billing.routes import hosts, programmes, statements  # noqa: E402, F401 - they hang their views on the blueprint
