"""What is left of a month or a quarter is carried over on the 15th day, once."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
from sqlalchemy import select, update

from app.bookings import operations as bookings
from app.bookings.operations import Order
from app.checkins import operations as checkins
from app.employers.models import Employment
from app.extensions import db as database
from app.funding import operations, queries
from app.funding.models import Account, Entry
from app.jobs import night
from tests.factories import make_employer, make_people, make_quota, make_space
from tests.funding.coming import come

TUESDAY = date(2026, 11, 24)
# The 15th day after November, in Germany's night.
DUE = datetime(2026, 12, 15, 2, tzinfo=UTC)


@pytest.fixture
def ana(app):
    make_space("wagen", seats=4, price_cents=600)
    return make_people(1)[0]


@pytest.fixture
def employer(ana):
    return make_employer("Beispiel GmbH", ana)


def _book(person, now, day=TUESDAY):
    order = Order(uuid.uuid4(), "wagen", day, "day")
    return bookings.book(order=order, person_id=person, now=now).booking


def _use(db, person, now, day=TUESDAY):
    booking = _book(person, now, day)
    come(db, booking)
    checkins.settle_charge(booking_id=booking.id, now=booking.ends_at)


def _granted(db):
    db.session.rollback()
    rows = db.session.scalars(select(Account).order_by(Account.first_on, Account.id))
    return [(each.first_on, each.granted_units, each.granted_cents) for each in rows]


def _carried(db):
    db.session.rollback()
    rows = db.session.scalars(select(Entry).where(Entry.kind == "carry").order_by(Entry.id))
    return [(each.reason, each.granted_units, each.granted_cents) for each in rows]


def test_it_goes_to_the_next_month_once(db, ana, employer, now):
    make_quota(employer, units=8, cents=10_000, carries=True)
    _use(db, ana, now)
    assert night.carry(datetime(2026, 12, 14, 2, tzinfo=UTC)) == "0 accounts carried over"
    assert [night.carry(DUE), night.carry(DUE)] == ["1 accounts carried over", "0 accounts carried over"]
    assert _carried(db) == [("carried_on", -6, -8800), ("carried_over", 6, 8800)]
    assert _granted(db) == [(date(2026, 11, 1), 2, 1200), (date(2026, 12, 1), 14, 18_800)]


def test_an_account_that_is_there_already_gets_more(db, ana, employer, now):
    make_quota(employer, units=8, carries=True)
    _use(db, ana, now)
    _book(ana, now, date(2026, 12, 17))
    night.carry(DUE)
    assert _granted(db) == [(date(2026, 11, 1), 2, None), (date(2026, 12, 1), 14, None)]


def test_it_goes_on_from_frame_to_frame_and_stays_when_the_amount_changes(db, ana, employer, now):
    quota = make_quota(employer, units=8, carries=True)
    _use(db, ana, now)
    night.carry(DUE)
    grant = operations.Grant(4, None, None)
    operations.change_quota(quota_id=quota.id, grant=grant, first_on=date(2026, 12, 15), actor="x", now=DUE)
    assert _granted(db)[1:] == [(date(2026, 12, 1), 10, None)]
    night.carry(datetime(2027, 1, 15, 2, tzinfo=UTC))
    assert _granted(db) == [
        (date(2026, 11, 1), 2, None),
        (date(2026, 12, 1), 0, None),
        (date(2027, 1, 1), 14, None),
    ]


def test_a_quarter_goes_to_the_next_quarter_and_a_pool_to_its_pool(db, ana, employer, now):
    make_quota(employer, units=8, carries=True, frame="quarter", scope="pool")
    _use(db, ana, now)
    night.carry(DUE)
    assert _carried(db) == []
    night.carry(datetime(2027, 1, 15, 2, tzinfo=UTC))
    assert _granted(db) == [(date(2026, 10, 1), 2, None), (date(2027, 1, 1), 14, None)]


@pytest.mark.parametrize(
    "changes",
    [
        {"carries": False},
        {"ended_at": datetime(2026, 12, 1, tzinfo=UTC)},
        {"ends_on": date(2026, 11, 30)},
    ],
)
def test_it_lapses_where_the_quota_says_so_or_is_over(db, ana, employer, now, changes):
    quota = make_quota(employer, units=8, carries=True)
    _use(db, ana, now)
    for name, value in changes.items():
        setattr(quota, name, value)
    db.session.add(quota)
    db.session.commit()
    night.carry(DUE)
    assert _carried(db) == []


def test_it_lapses_for_whoever_has_left(db, ana, employer, now):
    make_quota(employer, units=8, carries=True)
    _use(db, ana, now)
    db.session.execute(update(Employment).values(ends_on=date(2026, 12, 10)))
    db.session.commit()
    night.carry(DUE)
    assert _carried(db) == []


def test_it_waits_for_what_is_reserved(db, ana, employer, now):
    make_quota(employer, units=8, carries=True)
    booking = _book(ana, now)
    night.carry(DUE)
    assert _carried(db) == []
    checkins.settle_charge(booking_id=booking.id, now=DUE)  # nobody came
    night.carry(DUE)
    assert _carried(db) == [("carried_on", -8, 0), ("carried_over", 8, 0)]


@pytest.mark.concurrency
def test_of_eight_workers_at_once_one_carries(app, db, ana, employer, now):
    make_quota(employer, units=8, carries=True)
    _use(db, ana, now)
    [due] = queries.carries_due(date(2026, 12, 15))
    db.session.rollback()
    barrier = Barrier(8)

    def _act(number):
        with app.app_context():
            barrier.wait()
            try:
                if number % 2:
                    return operations.carry_over(account_id=due.account_id, now=DUE)
                _book(ana, now, date(2026, 12, 7 + number // 2))
                return False
            finally:
                database.session.remove()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(_act, range(8))).count(True) == 1
    assert _granted(db) == [(date(2026, 11, 1), 2, None), (date(2026, 12, 1), 14, None)]
    assert _carried(db) == [("carried_on", -6, 0), ("carried_over", 6, 0)]
