"""A check-in that never arrived, or whose day is unclear, is confirmed by the person."""

import uuid
from datetime import timedelta

import pytest
import time_machine

from app.checkins import operations
from app.checkins.models import Checkin
from app.errors import NotFound
from app.extensions import db

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def _rows():
    db.session.rollback()
    db.session.expire_all()
    return db.session.query(Checkin).order_by(Checkin.id).all()


def test_rows_27_and_29_what_a_wiped_phone_lost_is_missing_and_confirmed_by_hand(phone, phone_of, code, book, now):
    booking = book()
    phone.seq = iter([1, 3])
    phone.post(phone.batch([phone.scan("x")], pending=1))
    # The storage goes: the cookie is still there, the device is a new one, and the event is nowhere.
    fresh = phone_of("ana")
    with time_machine.travel(now + 12 * HOUR, tick=False):
        assert "1 Check-in wartete" in fresh.client.get("/profil/geraete").text
        assert "Ich war da" in fresh.client.get("/profil/vergangen").text
        for _ in range(2):
            assert fresh.client.submit(f"/profil/vergangen/{booking.uuid}/da").location == "/profil/vergangen"
        page = fresh.client.get("/profil/vergangen").text
    assert "dort gewesen" in page
    assert "Ich war da" not in page
    word = _rows()[-1]
    assert (word.evidence, word.verdict, word.booking_id, word.device) == ("own_word", "accepted", booking.id, None)
    assert len(_rows()) == 2


def test_row_11_a_scan_of_an_unclear_day_is_confirmed_the_same_way(phone, code, book, cast, now):
    booking = book()
    with time_machine.travel(now + 2 * DAY, tick=False):
        (verdict,) = phone.send(phone.scan(code, now.replace(year=1970)))
        assert (verdict["time_quality"], verdict["booking"]) == ("uncertain", None)
        operations.confirm_visit(booking=booking.uuid, person_id=cast["ana"], now=now + 2 * DAY)
    assert [(row.evidence, row.booking_id) for row in _rows()][-1] == ("own_word", booking.id)


def test_a_scan_that_arrives_after_the_word_counts_in_its_place(phone, code, book, cast, now):
    booking = book()
    scan = phone.scan(code)
    later = now + DAY
    with time_machine.travel(later, tick=False):
        operations.confirm_visit(booking=booking.uuid, person_id=cast["ana"], now=later)
        assert "Eingecheckt um" not in phone.client.get("/profil/vergangen").text  # nobody said when
        (verdict,) = phone.send(scan)
        assert verdict["verdict"] == "accepted"
        assert "Eingecheckt um 8:" in phone.client.get("/profil/vergangen").text.replace("um 0", "um ")
    assert [(row.evidence, row.reason) for row in _rows()] == [("own_word", "duplicate"), ("sign", None)]


def test_only_the_own_booking_within_two_weeks_and_after_its_start(phone, phone_of, book, cast, now):
    booking = book()
    with pytest.raises(NotFound):
        operations.confirm_visit(booking=booking.uuid, person_id=cast["ben"], now=now + HOUR)
    with pytest.raises(NotFound):
        operations.confirm_visit(booking=uuid.uuid4(), person_id=cast["ana"], now=now + HOUR)
    for at, code in ((now - HOUR, "visit_not_begun"), (now + 16 * DAY, "visit_too_old")):
        with pytest.raises(operations.confirming.DomainError) as refused:
            operations.confirm_visit(booking=booking.uuid, person_id=cast["ana"], now=at)
        assert refused.value.code == code
    assert _rows() == []
