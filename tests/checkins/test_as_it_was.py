"""Check-ins are judged by bookings, seats and signs as they were at the time, whatever became of them since."""

import uuid
from datetime import date, timedelta

import pytest
import time_machine

from app.bookings import operations as bookings
from app.bookings.models import Booking, BookingSlot, SeatChange
from app.checkins import operations, queries
from app.checkins.models import Checkin, Sign
from app.extensions import db
from app.funding.models import Account
from tests import factories
from tests.phones import ORIGIN

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MONDAY = date(2026, 11, 23)


def _judged(verdict):
    return verdict["verdict"], verdict["reason"]


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(), ("accepted", None)),
        (13 * DAY, ("accepted", None)),
        (14 * DAY, ("accepted", None)),
        (14 * DAY + MINUTE, ("rejected", "too_late")),
        (60 * DAY, ("rejected", "too_late")),
        (170 * DAY, ("rejected", "too_late")),
    ],
)
def test_row_14_what_comes_late_is_judged_for_14_days_and_kept_after_that(phone, code, book, now, age, expected):
    book()
    scan = phone.scan(code, now)
    with time_machine.travel(now + age, tick=False):
        verdict = phone.send(scan)[0]
    assert _judged(verdict) == expected
    assert ("mehr als 14 Tagen" in verdict["text"]) == (expected[0] == "rejected")
    assert db.session.query(Checkin).count() == 1


def test_row_17_a_scan_after_the_cancellation_is_kept_and_takes_no_seat(phone, code, cast, space, now):
    order = bookings.Order(uuid.uuid4(), "kontor", MONDAY, "day")
    bookings.book(order=order, person_id=cast["ana"], now=now)
    bookings.cancel(booking_uuid=order.uuid, person_id=cast["ana"], now=now)
    with time_machine.travel(now + HOUR, tick=False):
        verdict = phone.send(phone.scan(code))[0]
    assert (*_judged(verdict), verdict["booking"]) == ("flagged", "no_booking", None)
    assert db.session.query(BookingSlot).count() == 0


def test_row_18_a_scan_before_the_cancellation_counts_when_it_arrives_after_it(db, phone, code, cast, space, now):
    factories.make_quota(factories.make_employer("Acme", cast["ana"]))
    order = bookings.Order(uuid.uuid4(), "kontor", MONDAY, "day")
    booking = bookings.book(order=order, person_id=cast["ana"], now=now).booking
    scan = phone.scan(code, now + 5 * MINUTE)
    bookings.cancel(booking_uuid=order.uuid, person_id=cast["ana"], now=now + 3 * HOUR)
    with time_machine.travel(now + 4 * HOUR, tick=False):
        verdict = phone.send(scan)[0]
    assert (*_judged(verdict), verdict["booking"]) == ("accepted", None, str(order.uuid))
    assert operations.settle_charge(booking_id=booking.id, now=now + 5 * HOUR) == "after_all"
    db.session.rollback()
    account = db.session.query(Account).one()
    assert (account.reserved_units, account.settled_units) == (0, 2)


def _released(cast, now):
    """Ana's desk was free again an hour ago because she did not come; Ben booked it 20 minutes ago."""
    order = bookings.Order(uuid.uuid4(), "kontor", MONDAY, "day", 1)
    bookings.book(order=order, person_id=cast["ana"], now=now - 2 * HOUR)
    booking = db.session.query(Booking).filter_by(uuid=order.uuid).one()
    booking.released_at = now - HOUR
    db.session.query(BookingSlot).filter_by(booking_id=booking.id).delete()
    db.session.commit()
    other = bookings.Order(uuid.uuid4(), "kontor", MONDAY, "day", 1)
    bookings.book(order=other, person_id=cast["ben"], now=now - 20 * MINUTE)
    return booking, other


def test_row_20_who_held_the_seat_at_the_time_has_it_and_the_other_is_flagged(phone_of, code, cast, space, now):
    booking, other = _released(cast, now)
    ana, ben = phone_of("ana"), phone_of("ben")
    verdicts = [*ben.send(ben.scan(code, now - 5 * MINUTE)), *ana.send(ana.scan(code, now))]
    assert [_judged(each) for each in verdicts] == [("accepted", None), ("flagged", "seat_taken")]
    assert [each["booking"] for each in verdicts] == [str(other.uuid), str(booking.uuid)]


@pytest.mark.parametrize("minutes", [70, 40, 21])
def test_row_20_before_somebody_else_had_the_seat_nothing_is_flagged(phone, code, cast, space, now, minutes):
    _released(cast, now)
    assert _judged(phone.send(phone.scan(code, now - minutes * MINUTE))[0]) == ("accepted", None)


def test_row_20_a_seat_that_was_given_back_again_is_not_taken(phone, code, cast, space, now):
    _, other = _released(cast, now)
    bookings.cancel(booking_uuid=other.uuid, person_id=cast["ben"], now=now - 10 * MINUTE)
    assert _judged(phone.send(phone.scan(code, now - 5 * MINUTE))[0]) == ("accepted", None)
    assert _judged(phone.send(phone.scan(code, now - 15 * MINUTE))[0]) == ("flagged", "seat_taken")


def test_row_20_somebody_who_moved_to_the_seat_holds_it_too(phone, code, cast, space, now):
    _, other = _released(cast, now)
    taker = db.session.query(Booking).filter_by(uuid=other.uuid).one()
    taker.made_at = now - DAY
    change = SeatChange(booking_id=taker.id, from_seat_id=taker.seat_id, to_seat_id=taker.seat_id, at=now - 20 * MINUTE)
    db.session.add(change)
    db.session.commit()
    assert _judged(phone.send(phone.scan(code, now))[0]) == ("flagged", "seat_taken")


def test_row_21_a_check_in_never_fails_for_a_limit(phone, code, cast, space, now):
    """Quotas are taken when somebody books; a check-in asks for none, and no other limit of bookings stops it."""
    for number in range(20):
        day = MONDAY + timedelta(days=7 * (number // 5) + number % 5 + 1 + 2 * (number % 5 == 4))
        bookings.book(order=bookings.Order(uuid.uuid4(), "kontor", day, "day"), person_id=cast["ana"], now=now)
    verdict = phone.send(phone.scan(code))[0]
    assert _judged(verdict) == ("flagged", "no_booking")
    assert db.session.query(Checkin).count() == 1


def test_row_37_a_replaced_sign_is_understood_for_a_day_and_flagged_after_it(phone, space, sign, book, now):
    book()
    book("ana", day=MONDAY + DAY)
    old = sign.address(ORIGIN)
    operations.replace_sign(space_id=space.id, now=now - HOUR)
    with time_machine.travel(now + 2 * DAY, tick=False):
        verdicts = phone.send(phone.scan(old, now + 22 * HOUR), phone.scan(old, now + 24 * HOUR + MINUTE))
    assert [_judged(each) for each in verdicts] == [("accepted", None), ("flagged", "duplicate")]
    assert db.session.query(Sign).count() == 2
    only = phone.scan(old, now + 25 * HOUR)
    with time_machine.travel(now + 2 * DAY, tick=False):
        db.session.query(Checkin).delete()
        db.session.commit()
        assert _judged(phone.send(only)[0]) == ("flagged", "old_sign")


def test_row_37_a_sign_that_hangs_at_another_space_is_flagged_there(phone, book, code, now):
    elsewhere = book(at=factories.make_space("wagen"))
    verdict = phone.send(phone.scan(code, booking=str(elsewhere.uuid)))[0]
    assert _judged(verdict) == ("flagged", "wrong_space")


def test_row_36_a_report_shows_the_shares_by_the_best_evidence(phone_of, code, book, space, now):
    """A photo of the sign, scanned at home, counts as `sign` and as nothing better."""
    for person in ("ana", "ben"):
        book(person)
        phone = phone_of(person)
        phone.send(phone.scan(code))
    cleo = phone_of("cleo")
    cleo.send(cleo.scan("word", booking=str(book("cleo").uuid)))
    hana = phone_of("hana")
    hana.send(hana.scan(code))  # without a booking
    assert queries.evidence_shares(MONDAY, MONDAY) == {"sign": 2, "own_word": 1}
    db.session.query(Checkin).filter_by(evidence="own_word").update({"evidence": "display"})
    db.session.commit()
    assert queries.evidence_shares(MONDAY, MONDAY, space_ids=[space.id]) == {"sign": 2, "display": 1}
    assert queries.evidence_shares(MONDAY, MONDAY, space_ids=[0]) == {}
    assert queries.evidence_shares(MONDAY + DAY, MONDAY + DAY) == {}


def test_row_36_a_better_word_on_the_same_check_in_counts_for_it(phone, code, book):
    booking = book()
    phone.send(phone.scan(code))
    phone.send(phone.scan("word", booking=str(booking.uuid)))
    assert queries.evidence_shares(MONDAY, MONDAY) == {"sign": 1}
