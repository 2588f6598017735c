"""What becomes of a reservation: attendance settles, ending gives back or uses, what is not believed is undone."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import select, update

from app import extensions
from app.bookings import operations, queries, steps
from app.bookings.models import Booking
from app.bookings.operations import AlreadyCheckedIn, AlreadySettled, Order, PayerFixed, paying
from app.bookings.queries import Closing
from app.checkins import operations as checkins
from app.checkins import queries as due
from app.checkins.models import Checkin
from app.funding.models import Account, Entry
from app.jobs.queries import findings
from app.privacy import operations as privacy
from tests.factories import make_employer, make_people, make_person, make_quota, make_space
from tests.funding.coming import come

TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)
# Until 18:00 on the day before, in Berlin.
IN_TIME, LATE = datetime(2026, 11, 23, 16, 59, tzinfo=UTC), datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
AFTER = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)


@pytest.fixture
def ana(app):
    make_space("wagen", seats=4, price_cents=600)
    make_space("anderswo", seats=4, price_cents=600)
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


def _by_quota(db):
    db.session.expire_all()
    accounts = db.session.scalars(select(Account).order_by(Account.quota_id))
    return [(each.reserved_units, each.settled_units) for each in accounts]


def _change(booking, now, *, space="wagen", day=TUESDAY, period="day", **more):
    """Change a booking into another one and return that."""
    order = Order(uuid.uuid4(), space, day, period, payer=more.pop("payer", None))
    new = operations.change(booking_uuid=booking.uuid, order=order, person_id=booking.person_id, now=now, **more)
    return queries.booking_of(booking.person_id, new)


def _disbelieve(db):
    db.session.execute(update(Checkin).values(verdict="rejected"))
    db.session.commit()


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


class TestWhoPaysStands:
    """From six in the evening before nobody leaves a payer whom cancelling would cost."""

    @pytest.mark.parametrize(("at", "pays_late"), [(IN_TIME, True), (LATE, False)])
    def test_who_may_cancel_for_nothing_may_choose(self, db, ana, booked, at, pays_late):
        booking = booked(pays_late=pays_late)
        operations.change_payer(booking_uuid=booking.uuid, payer="self", person_id=ana, now=at)
        assert (*_account(db), _charge(db, booking)) == (0, 0, "released")

    @pytest.mark.parametrize("at", [LATE, AFTER - timedelta(hours=2)])
    def test_nobody_gets_around_the_cost_of_cancelling(self, db, ana, booked, at):
        booking = booked(pays_late=True, pays_no_show=True)
        with pytest.raises(PayerFixed):
            operations.change_payer(booking_uuid=booking.uuid, payer="self", person_id=ana, now=at)
        assert (*_account(db), _charge(db, booking)) == (2, 0, "reserved")
        operations.change_payer(booking_uuid=booking.uuid, payer=booking.payer, person_id=ana, now=at)
        operations.cancel(booking_uuid=booking.uuid, person_id=ana, now=at)
        assert _account(db) == (0, 2)

    @pytest.mark.parametrize(("at", "used"), [(IN_TIME, 0), (LATE, 2)])
    @pytest.mark.parametrize(("space", "period"), [("anderswo", "day"), ("wagen", "morning")])
    def test_the_same_day_on_another_payer_counts_as_cancelled(self, db, booked, at, used, space, period):
        booking = booked(pays_late=True)
        new = _change(booking, at, space=space, period=period, payer="self")
        assert (*_account(db), new.payer) == (0, used, None)
        operations.cancel(booking_uuid=new.uuid, person_id=new.person_id, now=LATE)
        assert _account(db) == (0, used)

    def test_whoever_is_not_named_goes_on_paying(self, db, ana, booked, employer):
        booking = booked(pays_late=True)
        make_quota(employer, units=100)
        new = _change(booking, LATE, space="anderswo")
        assert (new.payer, _account(db)) == (booking.payer, (2, 0))


class TestCameAndCancelled:
    """Whoever came has used the day, whatever they cancel afterwards and whenever the check-in arrives."""

    def test_what_is_reserved_waits_for_the_worker(self, db, ana, booked):
        booking = booked()
        come(db, booking)
        at = booking.starts_at + timedelta(seconds=10)
        operations.cancel(booking_uuid=booking.uuid, person_id=ana, now=at, present=due.present)
        assert (*_account(db), _charge(db, booking)) == (2, 0, "reserved")
        assert _settle(AFTER) == ["came"]
        assert (*_account(db), _charge(db, booking)) == (0, 2, "settled")
        assert _settle(AFTER + timedelta(days=15)) == []

    @pytest.mark.parametrize("pays_late", [False, True])
    def test_a_check_in_that_arrives_later_takes_again_what_was_given_back(self, db, ana, booked, pays_late):
        booking = booked(pays_late=pays_late)
        operations.cancel(booking_uuid=booking.uuid, person_id=ana, now=booking.ends_at - timedelta(seconds=10))
        assert _settle(AFTER) == []
        come(db, booking)
        assert _settle(AFTER) == ([] if pays_late else ["after_all"])
        assert _settle(AFTER) == []
        assert (*_account(db), _charge(db, booking)) == (0, 2, "settled")
        assert list(findings()) == []

    def test_what_others_use_meanwhile_is_taken_once_it_is_left(self, db, ana, booked, now):
        booking = booked(units=2)
        operations.cancel(booking_uuid=booking.uuid, person_id=ana, now=booking.ends_at - timedelta(seconds=10))
        order = Order(uuid.uuid4(), "wagen", WEDNESDAY, "day", payer=booking.payer)
        operations.book(order=order, person_id=ana, now=AFTER)
        come(db, booking)
        assert _settle(AFTER) == []
        assert (*_account(db), _charge(db, booking)) == (2, 0, "released")
        operations.cancel(booking_uuid=order.uuid, person_id=ana, now=AFTER)
        assert _settle(AFTER) == ["after_all"]
        assert _account(db) == (0, 2)

    @pytest.mark.parametrize("ben_comes", [False, True])
    def test_who_comes_besides_changes_nothing(self, db, ana, booked, now, ben_comes):
        ben = make_person("Ben Beispiel").id
        make_quota(make_employer("Zweite GmbH", ben))
        booking, order = booked(), Order(uuid.uuid4(), "wagen", TUESDAY, "day")
        other = operations.book(order=order, person_id=ben, now=now).booking
        operations.cancel(booking_uuid=booking.uuid, person_id=ana, now=booking.ends_at - timedelta(seconds=10))
        if ben_comes:
            come(db, other)
            assert _settle(AFTER) == ["came"]
        come(db, booking)
        assert _settle(AFTER) == ["after_all"]
        assert _charge(db, booking) == "settled"

    def test_after_14_days_nothing_is_taken_again(self, db, ana, booked):
        booking = booked()
        operations.cancel(booking_uuid=booking.uuid, person_id=ana, now=LATE)
        come(db, booking)
        assert _settle(booking.ends_at + timedelta(days=14)) == []
        assert _account(db) == (0, 0)

    def test_a_closed_day_costs_nothing_even_who_came(self, db, booked):
        booking = booked()
        closing = Closing(booking.space_id, TUESDAY, TUESDAY, "Rohrbruch")
        operations.close_days(closing=closing, present=due.present, actor="host", now=booking.starts_at)
        come(db, booking)
        assert _settle(AFTER) == []
        assert _account(db) == (0, 0)

    @pytest.mark.parametrize("is_seen_before", [True, False])
    @pytest.mark.parametrize(("pays_late", "expected"), [(False, (0, 0, "released")), (True, (0, 2, "settled"))])
    def test_undone_it_is_as_if_nobody_had_come(self, db, ana, booked, is_seen_before, pays_late, expected):
        booking = booked(pays_late=pays_late)
        come(db, booking)
        if is_seen_before:
            _settle(AFTER)
        given = {"person_id": ana, "now": booking.starts_at + timedelta(minutes=5), "present": due.present}
        operations.cancel(booking_uuid=booking.uuid, **given)
        _disbelieve(db)
        assert _settle(AFTER) == ["unproved" if is_seen_before else "called_off"]
        assert _settle(AFTER) == []
        assert (*_account(db), _charge(db, booking)) == expected
        assert list(findings()) == []

    def test_undone_and_believed_again(self, db, ana, booked):
        booking = booked()
        come(db, booking)
        _settle(AFTER)
        operations.cancel(booking_uuid=booking.uuid, person_id=ana, now=booking.starts_at, present=due.present)
        for verdict, why, expected in (("rejected", "unproved", (0, 0)), ("accepted", "after_all", (0, 2))) * 2:
            db.session.execute(update(Checkin).values(verdict=verdict))
            db.session.commit()
            assert _settle(AFTER) == [why]
            assert _account(db) == expected
        assert list(findings()) == []


class TestCameAndChanged:
    """A day is charged once, wherever it was spent."""

    @pytest.mark.parametrize("is_settled", [True, False])
    @pytest.mark.parametrize("wish", [{"space": "anderswo"}, {"period": "morning"}, {"day": WEDNESDAY}])
    def test_after_the_check_in_place_day_and_time_stand(self, db, booked, is_settled, wish):
        booking = booked()
        come(db, booking)
        if is_settled:
            _settle(AFTER)
        with pytest.raises(AlreadyCheckedIn):
            _change(booking, booking.starts_at + timedelta(hours=1), present=due.present, **wish)
        assert sum(_account(db)) == 2
        other = Order(uuid.uuid4(), "wagen", TUESDAY, "day", 3)
        given = {"person_id": booking.person_id, "now": booking.starts_at, "present": due.present}
        assert operations.change(booking_uuid=booking.uuid, order=other, **given) == booking.uuid
        assert queries.booking_by_id(booking.id).seat_number == 3

    @pytest.mark.parametrize("has_come_again", [True, False])
    @pytest.mark.parametrize(("wish", "units"), [({"space": "anderswo"}, 2), ({"period": "morning"}, 1)])
    def test_a_late_scan_for_the_old_booking_settles_the_new_one(self, db, booked, has_come_again, wish, units):
        booking = booked()
        new = _change(booking, booking.starts_at + timedelta(hours=1), **wish)
        come(db, booking)
        if has_come_again:
            come(db, new)
        assert _settle(AFTER) == ["came"]
        assert _settle(AFTER) == []
        assert (*_account(db), _charge(db, booking), _charge(db, new)) == (0, units, "released", "settled")
        if not has_come_again:
            _disbelieve(db)
            assert _settle(AFTER) == ["unproved"]
            assert (*_account(db), _charge(db, new)) == (units, 0, "reserved")

    def test_it_is_carried_over_several_changes_and_a_cancellation(self, db, booked):
        booking = last = booked()
        for number, wish in enumerate(({"space": "anderswo"}, {"period": "morning"}, {"period": "day"})):
            last = _change(last, booking.starts_at + timedelta(minutes=number + 1), **wish)
        operations.cancel(booking_uuid=last.uuid, person_id=last.person_id, now=booking.ends_at - timedelta(hours=1))
        come(db, booking)
        assert _settle(AFTER) == ["after_all"]
        assert (*_account(db), _charge(db, last)) == (0, 2, "settled")

    def test_another_day_does_not_carry_what_was_used(self, db, booked):
        booking = booked()
        new = _change(booking, booking.starts_at + timedelta(hours=1), day=WEDNESDAY)
        come(db, booking)
        assert _settle(AFTER) == ["after_all"]
        assert (*_account(db), _charge(db, booking), _charge(db, new)) == (2, 2, "settled", "reserved")

    def test_nor_does_another_payer(self, db, booked):
        booking = booked()
        _change(booking, booking.starts_at + timedelta(hours=1), space="anderswo", payer="self")
        come(db, booking)
        assert _settle(AFTER) == ["after_all"]
        assert _account(db) == (0, 2)

    def test_erased_nobody_pays_twice(self, db, booked):
        booking = booked()
        _change(booking, booking.starts_at + timedelta(hours=1), space="anderswo")
        come(db, booking)
        _settle(AFTER)
        privacy.erase(person_id=booking.person_id, now=AFTER)
        assert _settle(AFTER) == []
        assert _account(db) == (0, 2)


@pytest.fixture
def crossing(app, db, ana, employer, booked, monkeypatch):
    """Choose another payer for a booking that somebody came to, while the worker settles it.

    Returns the booking, and the payer that was chosen.
    """
    booking = booked()
    other = make_quota(make_employer("Zwei", ana))
    come(db, booking)
    at = booking.starts_at + timedelta(minutes=1)
    db.session.rollback()

    def settle():
        with app.app_context():
            try:
                checkins.settle_charge(booking_id=booking.id, now=at)
            finally:
                extensions.db.session.remove()

    worker = Thread(target=settle)
    take_over = paying.accounts.take_over

    def slow(*args, **given):
        if not worker.ident:
            worker.start()
            worker.join(1)  # it waits for us; without the lock it is done long before
        return take_over(*args, **given)

    monkeypatch.setattr(paying.accounts, "take_over", slow)

    def cross():
        try:
            operations.change_payer(booking_uuid=booking.uuid, payer=f"quota-{other.id}", person_id=ana, now=at)
        finally:
            worker.join(20)
        checkins.settle_charge(booking_id=booking.id, now=at)

    return cross


@pytest.mark.concurrency
def test_a_payer_chosen_while_the_worker_settles_pays_alone(db, crossing):
    crossing()
    assert _by_quota(db) == [(0, 0), (0, 2)]
    assert list(findings()) == []


@pytest.mark.concurrency
def test_control_without_the_lock_both_pay_and_it_is_found(db, crossing, monkeypatch, database_kind):
    """In SQLite one writes at a time."""
    monkeypatch.setattr(steps, "lock", lambda booking_id: None)
    crossing()
    found = (sum(settled for _, settled in _by_quota(db)), [each.kind for each in findings()])
    assert found == ((4, ["charged_too_much"]) if database_kind == "postgresql" else (2, []))


def test_what_is_settled_keeps_its_payer(db, ana, booked):
    booking = booked()
    come(db, booking)
    _settle(AFTER)
    with pytest.raises(AlreadySettled):
        operations.change_payer(booking_uuid=booking.uuid, payer="self", person_id=ana, now=booking.starts_at)
