"""Row 35: events that somebody forged on the own phone. What cannot be true is flagged, and counts all the same."""

import itertools
from datetime import date, timedelta
from uuid import UUID

import pytest
import time_machine

from app.checkins import operations, plausibility, queries
from app.checkins.models import Checkin
from app.extensions import db
from tests import factories
from tests.phones import ORIGIN

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
KONTOR, WAGEN = (51.9281, 7.3529), (51.9454, 7.1674)  # 12.9 km apart: five minutes and ten seconds


@pytest.fixture
def space(app):
    return factories.make_space("kontor", lat=KONTOR[0], lon=KONTOR[1])


@pytest.fixture
def wagen(app):
    return factories.make_space("wagen", lat=WAGEN[0], lon=WAGEN[1])


@pytest.fixture
def there(wagen, now):
    """What the camera sees at the other space."""
    return operations.replace_sign(space_id=wagen.id, now=now - timedelta(days=100)).address(ORIGIN)


@pytest.fixture
def both(book, wagen):
    """Ana is here in the morning, and has a booking over there as well."""
    return book(), book(at=wagen)


def _judged(verdicts):
    return [(each["verdict"], each["reason"]) for each in verdicts]


def _clear():
    db.session.rollback()
    db.session.query(Checkin).delete()
    db.session.commit()


@pytest.mark.parametrize(("minutes", "reason"), [(1, "implausible"), (5, "implausible"), (6, None), (240, None)])
def test_row_35_nobody_is_at_two_spaces_within_the_way_between_them(phone, code, there, both, now, minutes, reason):
    with time_machine.travel(now + 5 * HOUR, tick=False):
        verdicts = phone.send(phone.scan(code, now), phone.scan(there, now + minutes * MINUTE))
    assert [each["reason"] for each in verdicts] == [None, reason]
    assert [each["evidence"] for each in verdicts] == ["sign", "sign"]
    assert [each["booking"] for each in verdicts] == [str(each.uuid) for each in both]


def test_row_35_control_without_the_flag_both_would_be_true(phone, code, there, both, now, monkeypatch):
    monkeypatch.setattr(plausibility.Whereabouts, "is_implausible", lambda *_: False)
    verdicts = phone.send(phone.scan(code, now - 2 * MINUTE), phone.scan(there, now))
    assert _judged(verdicts) == [("accepted", None)] * 2


def test_row_35_a_flagged_check_in_counts_once_for_its_booking(phone, code, there, both, now):
    phone.send(phone.scan(code, now - 9 * MINUTE))
    verdicts = phone.send(phone.scan(there, now - 8 * MINUTE), phone.scan(there, now))
    assert _judged(verdicts) == [("flagged", "implausible"), ("flagged", "duplicate")]
    assert "kaum zu deinen anderen Check-ins" in verdicts[0]["text"]
    db.session.rollback()
    ids = [each.id for each in both]
    assert queries.present(ids) == set(ids)
    assert set(queries.arrivals(ids)) == set(ids)
    assert set(queries.presences(ids, now=now)) == set(ids)


def test_row_35_the_later_one_is_flagged_whichever_comes_first(phone_of, code, there, both, state, now):
    one, other = phone_of("ana"), phone_of("ana")
    scans = [
        (one, one.scan(code, now - 30 * MINUTE)),
        (other, other.scan(there, now - 30 * MINUTE + 50 * timedelta(seconds=1))),
        (other, other.scan(there, now - 20 * MINUTE, kind="check_out")),
        (one, one.scan(code, now - 19 * MINUTE, kind="check_out")),
    ]
    results = []
    for order in itertools.permutations(scans):
        _clear()
        for phone, scan in order:
            phone.send(scan)
        results.append(state())
    assert all(result == results[0] for result in results)
    reasons = [row.reason for row in db.session.query(Checkin).order_by(Checkin.effective_at)]
    # Who was not at the other space by then may well have come in ten minutes, and is not back within one.
    assert reasons == [None, "implausible", None, "implausible"]


def test_row_35_two_phones_may_differ_by_four_minutes(phone_of, code, there, both, now):
    one, other = phone_of("ana"), phone_of("ana")
    one.send(one.scan(code, now - 9 * MINUTE))
    assert _judged(other.send(other.scan(there, now - 7 * MINUTE))) == [("accepted", None)]


@pytest.mark.parametrize("unknown", ["lat", "lon"])
def test_row_35_a_space_without_coordinates_makes_nothing_implausible(phone, code, there, wagen, both, now, unknown):
    setattr(wagen, unknown, None)
    wagen.version += 1
    db.session.commit()
    verdicts = phone.send(phone.scan(code, now - MINUTE), phone.scan(there, now))
    assert _judged(verdicts) == [("accepted", None)] * 2


def test_row_35_a_time_that_is_not_exact_proves_nothing(phone, code, there, both, now):
    phone.send(phone.scan(code, now - MINUTE))
    slow = now - 90 * MINUTE
    batch = phone.batch([phone.scan(there, slow)], sent_at=slow.isoformat())
    (verdict,) = phone.post(batch).json["verdicts"]
    assert (verdict["time_quality"], verdict["reason"]) == ("corrected", None)


def test_row_35_what_something_speaks_against_says_not_where_somebody_was(phone_of, phone, code, there, both, now):
    """A thief's phone at one door takes nothing from its owner at the other."""
    stranger = phone_of("ana")
    stranger.introduce()
    forged = stranger.signed(stranger.scan(code, now - 2 * MINUTE)) | {"seq": 9}
    assert _judged(stranger.send(forged)) == [("flagged", "bad_signature")]
    assert _judged(phone.send(phone.scan(there, now))) == [("accepted", None)]


def test_row_35_the_ninth_check_in_of_a_day_is_one_too_many(phone, code, book, now):
    for hour in range(11):
        book(starts_at=now + hour * HOUR, ends_at=now + (hour + 1) * HOUR)
    with time_machine.travel(now + 11 * HOUR, tick=False):
        scans = [phone.scan(code, now + hour * HOUR + number * MINUTE) for hour in range(11) for number in (1, 2)]
        reasons = [each["reason"] for each in phone.send(*scans)]
    assert reasons[::2] == [None] * 8 + ["implausible"] * 3
    assert set(reasons[1::2]) == {"duplicate"}


@pytest.mark.parametrize(("minutes", "reason"), [(3, "implausible"), (2, None)])
def test_row_35_nobody_names_a_booking_that_was_not_made_yet(phone, code, book, now, minutes, reason):
    booking = book(made_at=now - 30 * MINUTE)
    scan = phone.scan(code, now - (30 + minutes) * MINUTE, booking=str(booking.uuid))
    assert phone.send(scan)[0]["reason"] == reason


def test_row_35_a_booking_that_is_made_after_the_scan_arrived_changes_nothing(phone, code, book, now):
    scan = phone.scan(code, now - 9 * MINUTE, booking="3f2504e0-4f89-41d3-9a0c-0305e82c3301")
    (before,) = phone.send(scan)
    book(uuid=UUID(scan["booking"]), made_at=now + MINUTE)
    with time_machine.travel(now + HOUR, tick=False):
        phone.send(phone.scan(code))
        assert phone.send(scan) == [before]
    assert before["reason"] == "no_booking"


@pytest.mark.one_try
def test_row_35_only_whoever_was_at_two_spaces_costs_a_statement_more(phone, code, there, both, statements, now):
    phone.send(phone.scan(code, now - 9 * MINUTE))
    statements.clear()
    phone.send(phone.scan(code, now - 6 * MINUTE))
    at_one = [each for each in statements if each.startswith("SELECT") and " spaces.version" in each]
    statements.clear()
    phone.send(phone.scan(there, now))
    at_two = [each for each in statements if each.startswith("SELECT") and " spaces.version" in each]
    assert (len(at_one), len(at_two)) == (0, 1)


def test_row_35_each_day_stands_alone(phone, code, there, book, wagen, now):
    """Midnight between two spaces: a day is judged without those before it, so nothing of them may matter."""
    midnight = now + 16 * HOUR
    book(ends_at=midnight)
    book(at=wagen, day=date(2026, 11, 24), starts_at=midnight, ends_at=midnight + HOUR)
    with time_machine.travel(midnight + HOUR, tick=False):
        verdicts = phone.send(phone.scan(code, midnight - MINUTE), phone.scan(there, midnight + MINUTE))
    assert _judged(verdicts) == [("accepted", None)] * 2
