"""Every contradiction in the ledger that rows can tell is found; where there is none nothing is."""

import uuid

import pytest
from sqlalchemy import func, select, text, update

from app import transaction
from app.bookings import operations
from app.bookings import queries as bookings
from app.bookings.models import Booking
from app.bookings.operations import Order
from app.employers.models import Employer
from app.funding import queries as funding
from app.funding import steps as accounts
from app.funding.models import Entry, ProgrammeEmployer
from app.jobs import queries
from tests.factories import make_employer, make_people, make_programme, make_quota, make_space


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


@pytest.mark.parametrize("scope", ["person", "pool"])
def test_two_who_pay_for_the_same_day_are_found(booked, db, now, scope):
    """All sums agree, and still more is taken than the booking has half-days."""
    [ana] = db.session.scalars(select(Booking.person_id).distinct())
    second = make_quota(make_employer("Zwei", ana), scope=scope)
    [booking] = db.session.scalars(select(Booking).where(Booking.charge == "reserved"))
    service = bookings.service_of(bookings.booking_by_id(booking.id))
    payer = funding.choose(funding.payers(service), f"quota-{second.id}")

    @transaction.write
    def plant():
        accounts.reserve(payer, accounts.Why(booking.uuid, "booked", "person"), now=now)

    plant()
    [finding] = queries.findings()
    assert (finding.kind, str(booking.uuid) in finding.text) == ("charged_too_much", True)


def test_a_programme_whose_rest_the_employer_pays_takes_no_more_than_the_day_costs(booked, db, now):
    [ana] = db.session.scalars(select(Booking.person_id).distinct())
    programme = make_programme("pilot", share_percent=33)
    make_quota(programme, starts_on=programme.starts_on, ends_on=programme.ends_on)
    whole = {"scope": "pool", "frame": "total", "cents": 5000}
    make_quota(programme, **whole, starts_on=programme.starts_on, ends_on=programme.ends_on)
    db.session.add(ProgrammeEmployer(programme_id=programme.id, employer_id=db.session.scalar(select(Employer.id))))
    db.session.commit()
    order = Order(uuid.uuid4(), "wagen", now.date().replace(day=26), "day", payer="programme-pilot")
    operations.book(order=order, person_id=ana, now=now)
    assert db.session.scalar(select(func.count()).where(Entry.booking_uuid == order.uuid)) == 3
    assert _kinds() == []


def test_an_entry_of_no_booking_is_found(booked, db):
    last = select(func.max(Entry.id)).where(Entry.kind == "reserve").scalar_subquery()
    db.session.execute(update(Entry).where(Entry.id == last).values(booking_uuid=uuid.uuid4()))
    db.session.commit()
    assert "entry_without_booking" in _kinds()
