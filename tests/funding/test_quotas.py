"""Granting a quota, changing it while people book, ending it."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.bookings import operations as bookings
from app.bookings.operations import Order
from app.bookings.steps import UsedUp
from app.errors import NotFound
from app.extensions import db as database
from app.funding import operations, queries
from app.funding.models import Account, Entry, Quota, QuotaPlace
from app.funding.operations import Ended, Grant, QuotaDraft, Rules
from tests.factories import make_quota, make_space
from tests.funding.coming import book

TODAY = date(2026, 11, 23)
ACTOR = "somebody who acts"


def _change(quota_id, now, units, *, cents=None, ends_on=None):
    grant = Grant(units, cents, ends_on)
    operations.change_quota(quota_id=quota_id, grant=grant, first_on=TODAY, actor=ACTOR, now=now)


def _granted(db):
    db.session.expire_all()
    return [each.granted_units for each in db.session.scalars(select(Account).order_by(Account.id))]


def _agree(db):
    """Whether each account is the sum of its entries."""
    names = [f"{kind}_{unit}" for kind in ("granted", "reserved", "settled") for unit in ("units", "cents")]
    sums = {
        row[0]: row[1:]
        for row in db.session.execute(
            select(Entry.account_id, *(func.sum(getattr(Entry, name)) for name in names)).group_by(Entry.account_id)
        )
    }
    db.session.expire_all()
    accounts = db.session.scalars(select(Account)).all()
    return accounts != [] and all(
        [getattr(each, name) or 0 for name in names] == [int(one) for one in sums[each.id]] for each in accounts
    )


def test_a_quota_is_made_with_its_places(db, employer, now):
    space = make_space("anderswo")
    rules = Rules("Nah", towns=(space.town_id,), spaces=(space.id,), carries=True, cost_centre="4711")
    draft = QuotaDraft(employer.id, None, "pool", "quarter", TODAY, Grant(40, 50_000, None), rules)
    quota_id = operations.grant_quota(draft=draft, actor=ACTOR, now=now)
    quota = queries.quota_of(employer.id, quota_id)
    assert (quota.name, quota.scope, quota.units, quota.cents) == ("Nah", "pool", 40, 50_000)
    assert quota.places == ("Anderswo", "Nottuln")
    assert (quota.carries, quota.cost_centre, quota.has_rooms) == (True, "4711", False)
    assert db.session.scalar(select(func.count()).select_from(QuotaPlace)) == 2
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "grant_quota"))
    assert (entry.actor, entry.subject_kind, entry.subject_id) == (ACTOR, "quota", str(quota_id))


def test_more_and_less_reach_every_account(db, people, employer, now):
    quota = make_quota(employer, units=8)
    for person in people[:3]:
        book(person, now)
    for units in (10, 3, 8):
        _change(quota.id, now, units)
        assert _granted(db) == [units] * 3
        assert _agree(db)


def test_what_is_taken_stays_when_less_is_granted(db, people, employer, now):
    quota = make_quota(employer, units=8)
    book(people[0], now)
    book(people[0], now, date(2026, 11, 25))
    book(people[1], now, period="morning")
    _change(quota.id, now, 2)
    assert _granted(db) == [4, 2]
    assert _agree(db)
    order = Order(uuid.uuid4(), "wagen", date(2026, 11, 26), "morning", payer=f"quota-{quota.id}")
    with pytest.raises(UsedUp):
        bookings.book(order=order, person_id=people[0], now=now)
    _change(quota.id, now, 8)
    assert _granted(db) == [8, 8]
    assert _agree(db)


def test_a_limit_comes_and_goes(db, people, employer, now):
    quota = make_quota(employer, units=8)
    book(people[0], now)
    _change(quota.id, now, None, cents=500)
    assert _granted(db) == [None]
    assert [each.granted_cents for each in db.session.scalars(select(Account))] == [1200]
    _change(quota.id, now, 8)
    assert _agree(db)


def test_what_is_over_stays_as_it_was(db, people, employer, now):
    quota = make_quota(employer, units=8)
    book(people[0], now)
    operations.change_quota(
        quota_id=quota.id, grant=Grant(3, None, None), first_on=date(2026, 12, 1), actor=ACTOR, now=now
    )
    assert _granted(db) == [8]
    assert book(people[0], now, date(2026, 12, 1)).charge == "reserved"
    assert _granted(db) == [8, 3]


def test_a_total_ends_with_its_quota(db, people, employer, now):
    quota = make_quota(employer, scope="pool", frame="total", units=20, ends_on=date(2026, 12, 31))
    book(people[0], now)
    _change(quota.id, now, 20, ends_on=date(2027, 1, 31))
    assert book(people[1], now, date(2027, 1, 26)).payer == f"quota-{quota.id}"
    assert _granted(db) == [20]


@pytest.mark.parametrize("units", [4, 40])
def test_a_total_that_goes_on_after_its_end_has_the_new_amount(db, people, employer, now, units):
    quota = make_quota(employer, scope="pool", frame="total", units=20, ends_on=date(2026, 11, 30))
    book(people[0], now)
    later, grant = datetime(2026, 12, 2, 9, tzinfo=UTC), Grant(units, None, date(2026, 12, 31))
    operations.change_quota(quota_id=quota.id, grant=grant, first_on=date(2026, 12, 2), actor=ACTOR, now=later)
    assert _granted(db) == [units]
    charges = [book(people[0], later, date(2026, 12, day)).charge for day in (3, 4)]
    assert charges == ["reserved", None if units == 4 else "reserved"]
    assert _agree(db)


def test_a_total_that_stays_over_keeps_its_amount(db, people, employer, now):
    quota = make_quota(employer, scope="pool", frame="total", units=20, ends_on=date(2026, 11, 30))
    book(people[0], now)
    later, grant = datetime(2026, 12, 9, 9, tzinfo=UTC), Grant(4, None, date(2026, 12, 5))
    operations.change_quota(quota_id=quota.id, grant=grant, first_on=date(2026, 12, 9), actor=ACTOR, now=later)
    assert _granted(db) == [20]


def test_an_ended_quota_pays_what_is_booked_and_nothing_more(db, people, employer, now):
    quota = make_quota(employer)
    book(people[0], now)
    for _ in range(2):
        operations.end_quota(quota_id=quota.id, actor=ACTOR, now=now)
    assert book(people[1], now).charge is None
    with pytest.raises(Ended):
        _change(quota.id, now, 4)
    assert [each.reserved_units for each in db.session.scalars(select(Account))] == [2]
    assert len(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "end_quota")).all()) == 1


def test_an_unknown_quota_is_refused(employer, now):
    with pytest.raises(NotFound):
        _change(999, now, 4)
    with pytest.raises(NotFound):
        operations.end_quota(quota_id=999, actor=ACTOR, now=now)


@pytest.mark.concurrency
@pytest.mark.parametrize("scope", ["person", "pool"])
def test_changed_while_people_book_nothing_is_overdrawn(app, db, people, employer, now, scope):
    quota_id = make_quota(employer, scope=scope, units=8).id
    db.session.rollback()
    barrier = Barrier(8)

    def _act(number):
        with app.app_context():
            barrier.wait()
            try:
                for round_ in range(4):
                    if number < 2:
                        _change(quota_id, now, (1, 12, 3, 6)[(round_ + number) % 4])
                    else:
                        book(people[number], now, date(2026, 11, 24 + round_))
            finally:
                database.session.remove()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(_act, range(8)))
    assert _agree(db)
    quota = db.session.get(Quota, quota_id)
    for account in db.session.scalars(select(Account)):
        taken = account.reserved_units + account.settled_units
        assert taken <= account.granted_units
        assert account.granted_units == max(quota.units, taken)
