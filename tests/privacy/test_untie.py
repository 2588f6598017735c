"""What leads from a place to who paid, and from an account to a person, is cut when its time is over; sums stay."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from app.billing import operations as statements
from app.billing import queries as billing
from app.bookings import operations as bookings
from app.bookings.models import Booking
from app.checkins import operations as checkins
from app.funding import queries as funding
from app.funding.models import Account, Entry, Programme, ProgrammePerson, Quota
from app.jobs import night
from app.jobs import queries as jobs
from app.privacy import operations as privacy
from app.privacy import queries as own
from tests import factories
from tests.funding.coming import come

TODAY = date(2026, 11, 23)


@pytest.fixture
def ana(cast):
    factories.make_space("wagen", price_cents=600, hours=dict.fromkeys(range(7), (480, 780, 1080)))
    return cast["ana"]


@pytest.fixture
def used(db):
    def use(person, day):
        made = datetime(day.year, day.month, day.day, 9, 17, tzinfo=UTC) - timedelta(days=2)
        order = bookings.Order(uuid.uuid4(), "wagen", day, "day")
        booking = bookings.book(order=order, person_id=person, now=made).booking
        come(db, booking)
        checkins.settle_charge(booking_id=booking.id, now=booking.ends_at)
        return booking

    return use


def _row(db, booking):
    db.session.rollback()
    return db.session.execute(select(Booking.__table__).where(Booking.id == booking.id)).mappings().one()


def _entries(db):
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(select(Entry.__table__).order_by(Entry.id))]


def _bill(now):
    night.bill(now)
    for statement_id in billing.statements_waiting():
        statements.post_statement(statement_id=statement_id, now=now)


def _holders(db):
    db.session.rollback()
    return list(db.session.scalars(select(Account.holder).order_by(Account.id)))


def test_after_90_days_nobody_can_join_a_place_and_who_paid(ana, used, db, now):
    factories.make_quota(factories.make_employer("Beispiel GmbH", ana), units=20)
    old, young = used(ana, TODAY - timedelta(days=91)), used(ana, TODAY - timedelta(days=90))
    before, entries = _row(db, young), _entries(db)
    night.retain(now)
    assert _row(db, old)["payer"] is not None, "a statement still needs to know where it was"
    _bill(now)
    night.retain(now)
    row = _row(db, old)
    assert (row["person_id"], row["payer"], row["charge"], row["pass_id"]) == (None,) * 4
    assert row["uuid"] != old.uuid
    assert (row["price_cents"], row["space_id"], row["date"]) == (old.price_cents, old.space_id, old.date)
    shared = {row[name] for name in ("made_at", "ended_at", "released_at")} & {entry[-2] for entry in entries}
    assert shared == set(), "a moment that both have would join them again"
    assert row["made_at"] == datetime(2026, 8, 21, 22, tzinfo=UTC)  # midnight in Germany
    assert _row(db, young) == before
    assert _entries(db) == entries, "what was used and is owed stays"
    assert list(jobs.findings()) == []


def test_an_erased_persons_bookings_are_untied_too_and_a_second_night_finds_nothing(ana, used, db, now):
    factories.make_quota(factories.make_employer("Beispiel GmbH", ana), units=20)
    old = used(ana, TODAY - timedelta(days=91))
    privacy.erase(person_id=ana, now=now)
    _bill(now)
    night.retain(now)
    after = _row(db, old)
    assert (after["payer"], after["uuid"] != old.uuid) == (None, True)
    night.retain(now)
    assert _row(db, old) == after


def test_an_orphan_among_young_entries_is_still_found(ana, used, db, now):
    """The control: only what cannot be otherwise is let pass."""
    factories.make_quota(factories.make_employer("Beispiel GmbH", ana), units=20)
    for days, found in ((20, True), (60, True), (150, False)):
        booking = used(ana, TODAY - timedelta(days=days))
        db.session.execute(update(Booking).where(Booking.id == booking.id).values(uuid=uuid.uuid4(), charge=None))
        db.session.commit()
        kinds = {each.kind for each in jobs.findings()}
        assert kinds == ({"entry_without_booking"} if found else set()), days
        db.session.execute(update(Booking).where(Booking.id == booking.id).values(uuid=booking.uuid, charge="settled"))
        db.session.commit()


@pytest.mark.parametrize(("last", "is_kept"), [(TODAY - timedelta(days=90), True), (TODAY - timedelta(days=91), False)])
def test_an_account_leads_to_its_holder_for_90_days_after_its_frame(ana, used, db, now, last, is_kept):
    quota = factories.make_quota(factories.make_employer("Beispiel GmbH", ana), units=20)
    used(ana, TODAY - timedelta(days=5))
    sums = {"settled_units": 4, "granted_units": 20, "first_on": last.replace(day=1), "last_on": last}
    db.session.execute(
        insert(Account).values(
            quota_id=quota.id, holder=ana, settled_cents=0, reserved_units=0, reserved_cents=0, **sums
        )
    )
    db.session.commit()
    night.TASKS["retain"](now)
    assert _holders(db) == [ana, ana if is_kept else -2]
    assert db.session.scalars(select(Account.settled_units).order_by(Account.id)).all() == [2, 4]
    assert len(own.everything_about(ana)["accounts"]) == (2 if is_kept else 1)


def test_a_programme_keeps_its_people_until_90_days_after_its_end_and_then_their_number(ana, cast, used, db, now):
    pilot = factories.make_programme(starts_on=date(2026, 5, 1), ends_on=date(2026, 7, 31), is_for_all=False)
    factories.make_quota(pilot, units=20)
    factories.make_quota(
        pilot, scope="pool", frame="total", units=99, starts_on=date(2026, 5, 1), ends_on=date(2026, 7, 31)
    )
    for key in ("ana", "ben"):
        db.session.add(ProgrammePerson(programme_id=pilot.id, person_id=cast[key]))
    db.session.commit()
    for person, month in ((ana, 5), (ana, 6), (ana, 7), (cast["ben"], 6)):
        used(person, date(2026, month, 12))
    privacy.erase(person_id=cast["ben"], now=now)
    assert funding.count_booked(pilot.id) == 2
    night.retain(now)
    assert sum(holder == ana for holder in _holders(db)) == 3, "its books are still open"
    db.session.execute(update(Programme).values(frozen_at=now, frozen_units=8, frozen_cents=0))
    db.session.commit()
    night.retain(datetime(2026, 10, 29, 12, tzinfo=UTC))
    assert sum(holder == ana for holder in _holders(db)) == 3, "it ended 90 days ago"
    night.retain(datetime(2026, 10, 30, 12, tzinfo=UTC))
    assert [holder for holder in _holders(db) if holder > 0] == []
    assert funding.count_booked(pilot.id) == 2, "the report still says how many"
    assert db.session.execute(select(ProgrammePerson)).all() == []


def test_nobody_sees_that_two_months_were_of_one_erased_person(ana, used, db, now):
    factories.make_quota(factories.make_employer("Beispiel GmbH", ana), units=20)
    used(ana, date(2026, 10, 12))
    used(ana, date(2026, 11, 12))
    privacy.erase(person_id=ana, now=now)
    assert len(set(_holders(db))) == 2
    assert max(_holders(db)) < 0


def test_each_step_takes_as_many_as_it_may(ana, cast, used, db, now, monkeypatch):
    monkeypatch.setattr(privacy, "ROWS_AT_ONCE", 1)
    factories.make_quota(factories.make_employer("Beispiel GmbH", *cast.values()), units=20)
    days = [TODAY - timedelta(days=days) for days in (130, 131, 132)]
    booked = [used(person, day) for person, day in zip(list(cast.values())[:3], days, strict=True)]
    _bill(now)
    privacy.retain(now=now)
    db.session.rollback()
    assert sum(_row(db, booking)["payer"] is None for booking in booked) == 1
    assert sum(holder < 0 for holder in _holders(db)) == 1
    after = 0
    while after is not None:
        after = privacy.retain(now=now, after=after).after
    assert {_row(db, booking)["payer"] for booking in booked} == {None}
    assert max(_holders(db)) < 0
    assert db.session.scalars(select(Quota.id)).all(), "what was granted stays"
