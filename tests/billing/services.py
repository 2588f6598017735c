"""Somebody books, comes, and it is settled: what statements are made of."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

from app.billing import operations, queries
from app.billing.operations.issuing import issue_invoice
from app.bookings import operations as bookings
from app.bookings.operations import Order
from app.checkins import operations as checkins
from app.checkins import queries as checked
from app.extensions import db
from app.spaces.models import Operator
from tests.factories import make_operator
from tests.funding.coming import come

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)
IN_DECEMBER = date(2026, 12, 1)
DAY_15 = datetime(2026, 12, 15, 4, tzinfo=UTC)
IN_JANUARY = datetime(2027, 1, 15, 4, tzinfo=UTC)
SELLER = {
    "legal_name": "Beispiel-Büros eG",
    "address": "Beispielweg 1",
    "plz": "48301",
    "town": "Nottuln",
    "email": "post@bueros.example",
    "phone": "02502 000",
    "tax_id": "333/5678/1234",
    "iban": "DE89370400440532013000",
    "desk_vat": "standard",
    "room_vat": "exempt",
}
BUYER = {
    "legal_name": "Beispiel GmbH",
    "street": "Werkstraße 2",
    "plz": "48653",
    "town": "Coesfeld",
    "invoice_email": "rechnung@beispiel.example",
}


def seller(slug="bueros", **changes):
    """Make an operator about which all is known that invoices need."""
    operator = make_operator("Beispiel-Büros", slug)
    for name, value in (SELLER | changes).items():
        setattr(operator, name, value)
    db.session.commit()
    return operator


def know(row, **facts):
    for name, value in facts.items():
        setattr(row, name, value)
    db.session.commit()


def book(person, now, day=TUESDAY, period="day", space="wagen", **more):
    order = Order(uuid.uuid4(), space, day, period, **more)
    return bookings.book(order=order, person_id=person, now=now).booking


def used(person, now, day=TUESDAY, period="day", space="wagen", **more):
    """Book, come, and settle on the evening. Returns the booking."""
    booking = book(person, now, day, period, space, **more)
    come(db, booking)
    settle(booking.ends_at + timedelta(hours=1))
    return booking


def settle(at):
    for booking_id, _ in checked.due_charges(at):
        checkins.settle_charge(booking_id=booking_id, now=at)


def post(month=NOVEMBER, at=DAY_15):
    """Run a month; returns how many statements were begun and posted."""
    begun = operations.begin_statements(month=month, now=at)
    posted = sum(operations.post_statement(statement_id=each, now=at) for each in queries.statements_waiting())
    return begun, posted


def issue(at=DAY_15):
    """Issue what can be; returns the numbers."""
    due = queries.invoices_due()
    return [
        issue_invoice(operator_id=each.operator_id, statement_id=each.statement_id, month=each.month, now=at)
        for each in due
    ]


def operator_of(slug="bueros"):
    return db.session.query(Operator).filter_by(slug=slug).one()
