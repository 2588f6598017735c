"""What becomes of a reservation: attendance settles, ending gives back or uses, what is not believed is undone."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.bookings import operations, queries
from app.bookings.models import Booking
from app.bookings.operations import Order
from app.bookings.queries import Closing
from app.checkins import operations as checkins
from app.checkins import queries as due
from app.checkins.models import Checkin
from app.funding.models import Account, Entry
from app.privacy import operations as privacy
from tests.factories import make_employer, make_people, make_quota, make_space
from tests.funding.coming import come

TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)
# Until 18:00 on the day before, in Berlin.
IN_TIME, LATE = datetime(2026, 11, 23, 16, 59, tzinfo=UTC), datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
AFTER = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)


@pytest.fixture
def ana(app):
    make_space("wagen", seats=4, price_cents=600)
    return make_people(1)[0]


@pytest.fixture
def employer(ana):
    return make_employer("Beispiel GmbH", ana)


@pytest.fixture
def booked(ana, employer, now):
    """Book Tuesday on a quota with these rules; returns the booking."""

    def book(**rules):
        make_quota(employer, **rules)
        return operations.book(order=Order(uuid.uuid4(), "wagen", TUESDAY, "day"), person_id=ana, now=now).booking

    return book


def _account(db):
    db.session.expire_all()
    [each] = db.session.scalars(select(Account))
    return each.reserved_units, each.settled_units


def _last(db):
    entry = db.session.scalars(select(Entry).order_by(Entry.id.desc())).first()
    return entry.kind, entry.reason


def _charge(db, booking):
    return db.session.scalar(select(Booking.charge).where(Booking.id == booking.id))


def _settle(now):
    return [checkins.settle_charge(booking_id=booking_id, now=now) for booking_id, _ in due.due_charges(now)]


@pytest.mark.parametrize(
    ("at", "pays_late", "expected"),
    [
        (IN_TIME, True, (0, 0, "released")),
        (LATE, True, (0, 2, "settled")),
        (LATE, False, (0, 0, "released")),
    ],
)
def test_cancelling_gives_back_until_six_on_the_day_before(db, ana, booked, at, pays_late, expected):
    booking = booked(pays_late=pays_late)
    for _ in range(2):
        operations.cancel(booking_uuid=booking.uuid, person_id=ana, now=at)
    assert (*_account(db), _charge(db, booking)) == expected


def test_moving_to_another_day_takes_for_that_and_gives_back(db, ana, booked):
    booking = booked(pays_late=True)
    order = Order(uuid.uuid4(), "wagen", WEDNESDAY, "morning")
    operations.change(booking_uuid=booking.uuid, order=order, person_id=ana, now=IN_TIME)
    assert _account(db) == (1, 0)


def test_less_of_the_same_day_is_never_too_late(db, ana, booked):
    booking = booked(pays_late=True)
    order = Order(uuid.uuid4(), "wagen", TUESDAY, "afternoon")
    operations.change(booking_uuid=booking.uuid, order=order, person_id=ana, now=LATE)
    assert _account(db) == (1, 0)


def test_another_seat_leaves_the_account_alone(db, ana, booked):
    booking = booked()
    operations.change_seat(booking_uuid=booking.uuid, seat=3, person_id=ana, now=LATE)
    assert _account(db) == (2, 0)
    assert _last(db) == ("reserve", "booked")


def test_a_closed_day_costs_nothing(db, booked):
    booking = booked(pays_late=True)
    closing = Closing(booking.space_id, TUESDAY, TUESDAY, "Rohrbruch")
    operations.close_days(closing=closing, present=due.present, actor="host", now=LATE)
    assert (*_account(db), _charge(db, booking)) == (0, 0, "released")


def test_who_came_has_used_it(db, booked):
    booking = booked()
    assert _settle(AFTER) == []
    come(db, booking)
    assert _settle(AFTER) == ["came"]
    assert _settle(AFTER) == []
    assert (*_account(db), _charge(db, booking)) == (0, 2, "settled")
    assert checkins.settle_charge(booking_id=booking.id, now=AFTER) is None


@pytest.mark.parametrize(("pays", "expected"), [(False, (0, 0, "released")), (True, (0, 2, "settled"))])
def test_an_absence_is_decided_after_14_days(db, booked, pays, expected):
    booking = booked(pays_no_show=pays)
    end = queries.booking_of(booking.person_id, booking.uuid).ends_at
    assert _settle(end + timedelta(days=14) - timedelta(seconds=1)) == []
    assert _account(db) == (2, 0)
    assert _settle(end + timedelta(days=14)) == ["absent"]
    assert (*_account(db), _charge(db, booking)) == expected
    assert _settle(end + timedelta(days=30)) == []


def test_a_check_in_that_is_no_longer_believed_is_only_reserved(db, booked):
    booking = booked()
    come(db, booking)
    _settle(AFTER)
    db.session.execute(update(Checkin).values(verdict="rejected"))
    db.session.commit()
    assert _settle(AFTER) == ["unproved"]
    assert (*_account(db), _charge(db, booking), *_last(db)) == (2, 0, "reserved", "correct", "unproved")
    db.session.execute(update(Checkin).values(verdict="accepted"))
    db.session.commit()
    assert _settle(AFTER) == ["came"]
    assert _account(db) == (0, 2)


def test_erasing_the_person_leaves_sums_that_lead_to_nobody(db, ana, booked):
    booking = booked()
    come(db, booking)
    _settle(AFTER)
    privacy.erase(person_id=ana, now=AFTER)
    [account] = db.session.scalars(select(Account))
    assert (account.holder, account.settled_units) == (-account.id, 2)
