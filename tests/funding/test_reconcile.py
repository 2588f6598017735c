"""Every contradiction in the ledger that rows can tell is found; where there is none nothing is."""

import uuid

import pytest
from sqlalchemy import func, select, text, update

from app.bookings import operations
from app.bookings.operations import Order
from app.funding.models import Entry
from app.jobs import queries
from tests.factories import make_employer, make_people, make_quota, make_space


@pytest.fixture
def booked(app, db, now):
    make_space("wagen", price_cents=600)
    [ana] = make_people(1)
    make_quota(make_employer("Beispiel GmbH", ana), cents=5000)
    for day in (24, 25):
        order = Order(uuid.uuid4(), "wagen", now.date().replace(day=day), "day")
        booking = operations.book(order=order, person_id=ana, now=now).booking
    operations.cancel(booking_uuid=booking.uuid, person_id=ana, now=now)


def _kinds():
    return sorted({finding.kind for finding in queries.findings()})


def test_nothing_is_found_where_all_is_well(booked):
    assert _kinds() == []


AGAIN = """INSERT INTO entries (account_id, booking_uuid, kind, granted_units, granted_cents, reserved_units,
    reserved_cents, settled_units, settled_cents, reason, actor, made_at, key)
    SELECT account_id, booking_uuid, kind, 0, 0, 0, 0, 0, 0, reason, actor, made_at, 'again'
    FROM entries WHERE id = (SELECT max(id) FROM entries WHERE kind = 'reserve')"""


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ("UPDATE accounts SET settled_units = settled_units + 1", ["account_drifted"]),
        ("UPDATE accounts SET granted_cents = 9999", ["account_drifted"]),
        ("DELETE FROM entries WHERE kind = 'release'", ["account_drifted", "charge_wrong"]),
        ("UPDATE bookings SET charge = 'settled' WHERE charge = 'reserved'", ["charge_wrong"]),
        ("UPDATE bookings SET charge = NULL, payer = NULL WHERE charge = 'released'", ["charge_wrong"]),
        (AGAIN, ["charged_twice"]),
    ],
)
def test_what_does_not_agree_is_found(booked, db, change, kinds):
    db.session.execute(text(change))
    db.session.commit()
    assert _kinds() == kinds


def test_an_entry_of_no_booking_is_found(booked, db):
    last = select(func.max(Entry.id)).where(Entry.kind == "reserve").scalar_subquery()
    db.session.execute(update(Entry).where(Entry.id == last).values(booking_uuid=uuid.uuid4()))
    db.session.commit()
    assert "entry_without_booking" in _kinds()
