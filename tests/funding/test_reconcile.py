"""Every contradiction in the ledger that rows can tell is found; where there is none nothing is."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from app import transaction
from app.bookings import operations
from app.bookings import queries as bookings
from app.bookings.models import Booking
from app.bookings.operations import Order
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


@pytest.fixture
def shared(booked, db, now):
    """A day of which a programme pays a third and the employer, who alone charges for who stays away, the rest."""
    [ana] = db.session.scalars(select(Booking.person_id).distinct())
    employer = make_employer("Mitzahl GmbH", ana)
    make_quota(employer, cents=50_000, pays_late=True, pays_no_show=True)
    programme = make_programme("pilot", share_percent=33)
    dates = {"starts_on": programme.starts_on, "ends_on": programme.ends_on}
    make_quota(programme, **dates)
    make_quota(programme, scope="pool", frame="total", cents=5000, **dates)
    db.session.add(ProgrammeEmployer(programme_id=programme.id, employer_id=employer.id))
    db.session.commit()
    order = Order(uuid.uuid4(), "wagen", now.date().replace(day=26), "day", payer="programme-pilot")
    return operations.book(order=order, person_id=ana, now=now).booking


def test_a_programme_whose_rest_the_employer_pays_takes_no_more_than_the_day_costs(shared, db):
    assert db.session.scalar(select(func.count()).where(Entry.booking_uuid == shared.uuid)) == 3
    assert _kinds() == []


def test_a_share_that_alone_is_charged_is_settled_in_cents(shared, db):
    operations.cancel(booking_uuid=shared.uuid, person_id=shared.person_id, now=shared.starts_at - timedelta(hours=1))
    sums = select(func.sum(Entry.settled_units), func.sum(Entry.settled_cents)).where(Entry.booking_uuid == shared.uuid)
    assert db.session.execute(sums).one() == (0, 804)
    assert _kinds() == []


def test_cents_that_a_released_booking_still_holds_are_found(shared, db):
    db.session.execute(update(Booking).where(Booking.id == shared.id).values(charge="released"))
    db.session.execute(update(Entry).where(Entry.booking_uuid == shared.uuid).values(reserved_units=0))
    db.session.commit()
    assert "charge_wrong" in _kinds()


def test_an_entry_of_no_booking_is_found(booked, db):
    last = select(func.max(Entry.id)).where(Entry.kind == "reserve").scalar_subquery()
    db.session.execute(update(Entry).where(Entry.id == last).values(booking_uuid=uuid.uuid4()))
    db.session.commit()
    assert "entry_without_booking" in _kinds()
