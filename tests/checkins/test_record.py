"""One scan reaches the server and gets a verdict."""

from datetime import date, timedelta

import pytest
import time_machine

from app import transaction
from app.bookings.models import Booking
from app.checkins import operations, steps
from app.checkins.models import Checkin, Device
from app.people.models import Person
from tests import factories
from tests.phones import DAY

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def test_a_scan_of_a_booking_is_accepted(phone, code, book):
    booking = book()
    (verdict,) = phone.send(event := phone.scan(code, booking=str(booking.uuid)))
    assert verdict == {
        "id": event["id"],
        "verdict": "accepted",
        "reason": None,
        "text": "Du bist seit 08:00 Uhr eingecheckt: Kontor.",
        "duplicate_of": None,
        "booking": str(booking.uuid),
        "space": {"slug": "kontor", "name": "Kontor"},
        "effective_at": "2026-11-23T07:00:00.000Z",
        "time_quality": "exact",
        "evidence": "sign",
    }


def test_the_event_is_kept_as_it_came(phone, code, sign, space, cast, now, db):
    event = phone.scan(code, now - HOUR)
    phone.send(event)
    row = db.session.query(Checkin).one()
    assert (str(row.event_id), str(row.device), row.seq, row.kind) == (event["id"], phone.device, 1, "check_in")
    assert (row.person_id, row.space_id, row.sign_id, row.local_date) == (cast["ana"], space.id, sign.id, DAY)
    assert (row.captured_at, row.sent_at, row.received_at) == (now - HOUR, now, now)
    assert '"app_version":"0123456789ab"' in row.body


def test_the_short_code_counts_as_the_sign(phone, sign, book):
    book()
    (verdict,) = phone.send(phone.scan(sign.printed.lower()))
    assert (verdict["verdict"], verdict["evidence"]) == ("accepted", "sign")


def test_without_a_booking_the_scan_is_kept_and_flagged(phone, code):
    (verdict,) = phone.send(phone.scan(code))
    assert (verdict["verdict"], verdict["reason"], verdict["booking"]) == ("flagged", "no_booking", None)
    assert (
        verdict["text"] == "Du bist da, aber für Kontor finden wir keine Buchung von dir. Buch jetzt noch einen Platz."
    )


def test_somebody_elses_booking_is_not_mine(phone, code, book):
    other = book("ben")
    (verdict,) = phone.send(phone.scan(code, booking=str(other.uuid)))
    assert (verdict["reason"], verdict["booking"]) == ("no_booking", None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("https://evil.example/c/00WVZRRVBX8JJTKHD3T0", "foreign_code"),
        ("WIFI:T:WPA;S:Nahplatz;;", "foreign_code"),
        ("http://localhost/c/00WVZRRVBX8JJTKHD3T0", "unknown_code"),
        ("00WV-ZRRV-7", "unknown_code"),
        ("hallo", "unknown_code"),
    ],
)
def test_a_code_that_is_no_sign_of_ours_is_refused_and_kept(phone, code, text, reason, db):
    (verdict,) = phone.send(phone.scan(text))
    assert (verdict["verdict"], verdict["reason"], verdict["space"]) == ("rejected", reason, None)
    assert db.session.query(Checkin).one().reason == reason


@pytest.mark.parametrize(
    ("opens", "minutes", "is_booked"),
    [("afternoon", -60, True), ("afternoon", -61, True), ("morning", 299, True), ("morning", 300, False)],
)
def test_a_scan_belongs_to_what_runs_or_starts_soon_or_comes_next_that_day(
    phone, code, book, opens, minutes, is_booked, now
):
    booking = book(period=opens)
    at = booking.starts_at + minutes * MINUTE
    with time_machine.travel(at, tick=False):
        (verdict,) = phone.send(phone.scan(code))
    assert verdict["booking"] == (str(booking.uuid) if is_booked else None)


def test_what_runs_is_meant_before_what_comes_next(phone, code, book):
    book(period="afternoon")
    morning = book(period="morning")
    (verdict,) = phone.send(phone.scan(code))
    assert verdict["booking"] == str(morning.uuid)


def test_between_two_bookings_the_one_that_nobody_checked_in_for_is_meant(phone, code, book, now):
    morning, afternoon = book(period="morning"), book(period="afternoon")
    scans = [phone.scan(code, now), phone.scan(code, now + 270 * MINUTE), phone.scan(code, now + 271 * MINUTE)]
    with time_machine.travel(now + 280 * MINUTE, tick=False):
        verdicts = phone.send(*scans)
    assert [each["booking"] for each in verdicts] == [str(morning.uuid), str(afternoon.uuid), str(afternoon.uuid)]
    assert [each["reason"] for each in verdicts] == [None, None, "duplicate"]


def test_a_booking_of_another_day_or_place_is_not_meant(phone, code, book):
    book(day=date(2026, 11, 24))
    book(at=factories.make_space("halle"), period="morning")
    (verdict,) = phone.send(phone.scan(code))
    assert verdict["reason"] == "no_booking"


@pytest.mark.parametrize(
    ("made", "ended", "reason"),
    [
        (-60, None, None),
        (0, None, None),
        (2, None, None),  # a clock that is right within two minutes may be behind
        (3, None, "no_booking"),
        (-60, -1, "no_booking"),
        (-60, 0, "no_booking"),
        (-60, 1, None),
    ],
)
def test_bookings_count_as_they_were_at_the_scan(phone, code, book, made, ended, reason, now):
    changes = {"ended_at": now + ended * MINUTE, "ended_reason": "cancelled"} if ended is not None else {}
    book(made_at=now + made * MINUTE, **changes)
    event = phone.scan(code, now)
    with time_machine.travel(now + HOUR, tick=False):
        (verdict,) = phone.send(event)
    assert verdict["reason"] == reason


def test_somebody_who_books_at_the_door_scans_again_and_is_in(phone, code, book, now):
    (first,) = phone.send(phone.scan(code))
    assert first["reason"] == "no_booking"
    with time_machine.travel(now + 5 * MINUTE, tick=False):
        booking = book(made_at=now + 4 * MINUTE)
        (second,) = phone.send(phone.scan(code))
    assert (second["verdict"], second["booking"]) == ("accepted", str(booking.uuid))


@pytest.mark.parametrize(("hours", "reason"), [(-1, None), (24, None), (24.1, "old_sign")])
def test_an_old_sign_is_understood_and_flagged_after_a_day(phone, code, book, space, hours, reason, now):
    book()
    operations.replace_sign(space_id=space.id, now=now - hours * HOUR)
    (verdict,) = phone.send(phone.scan(code))
    assert (verdict["verdict"], verdict["reason"]) == ("flagged" if reason else "accepted", reason)
    assert verdict["booking"] is not None


def test_the_sign_of_another_space_than_the_booked_one_is_flagged_and_counts_where_it_hangs(phone, code, book):
    claimed = book(at=factories.make_space("halle"))
    (verdict,) = phone.send(phone.scan(code, booking=str(claimed.uuid)))
    assert (verdict["verdict"], verdict["reason"]) == ("flagged", "wrong_space")
    assert (verdict["space"]["slug"], verdict["booking"]) == ("kontor", None)


def test_scans_without_an_owner_are_flagged_and_counted(phone, code, book, db):
    booking = book()
    (verdict,) = phone.send(phone.scan(code), **{"Nahplatz-Unowned": "1"})
    assert (verdict["reason"], verdict["booking"]) == ("unowned", str(booking.uuid))
    assert db.session.query(Checkin).one().is_unowned


@pytest.mark.parametrize(("days", "reason"), [(14, None), (14.01, "too_late"), (200, "too_late")])
def test_what_comes_after_two_weeks_is_stored_and_not_counted(phone, code, book, days, reason, now, db):
    at = now - timedelta(days=days)
    booking = book(day=at.date(), made_at=at - HOUR)
    (verdict,) = phone.send(phone.scan(code, at))
    assert verdict["reason"] == reason
    assert verdict["booking"] == (None if reason else str(booking.uuid))
    row = db.session.query(Checkin).one()
    assert (row.effective_at, row.local_date) == (at, at.date())


def test_a_check_out_ends_the_stay_and_the_check_in_stays_the_winner(phone, code, book, now):
    booking = book()
    with time_machine.travel(now + 9 * HOUR, tick=False):
        verdicts = phone.send(phone.scan(code, now + 8 * HOUR, kind="check_out"), phone.scan(code, now))
    assert [each["verdict"] for each in verdicts] == ["accepted", "accepted"]
    assert [each["booking"] for each in verdicts] == [str(booking.uuid)] * 2
    assert verdicts[0]["text"] == "Du hast um 16:00 Uhr ausgecheckt: Kontor. Bis bald!"


def test_a_check_out_without_anything_before_it_is_flagged(phone, code):
    (verdict,) = phone.send(phone.scan(code, kind="check_out"))
    assert (verdict["verdict"], verdict["reason"]) == ("flagged", "no_booking")


def test_an_event_of_somebody_else_is_refused_without_a_word_about_it(phone, phone_of, code, book, db):
    book()
    event = phone.scan(code)
    phone.send(event)
    ben = phone_of("ben")
    (verdict,) = ben.send(event)
    assert verdict["reason"] == "id_reused"
    told = {verdict[name] for name in ("duplicate_of", "booking", "space", "effective_at", "time_quality", "evidence")}
    assert told == {None}
    assert db.session.query(Checkin).count() == 1


def test_the_same_id_with_another_body_overwrites_nothing(phone, code, book, state):
    book()
    event = phone.scan(code)
    phone.send(event)
    before = state()
    (verdict,) = phone.send(event | {"seq": 2})
    assert (verdict["verdict"], verdict["reason"]) == ("rejected", "id_reused")
    assert state() == before


def test_the_order_of_keys_does_not_make_another_body(phone, code, book):
    book()
    event = phone.scan(code)
    assert phone.send(event) == phone.send(dict(reversed(event.items())))


def test_numbers_that_never_arrived_are_told_until_they_do(phone, code, db):
    events = [phone.scan(code) for _ in range(7)]
    chosen = [events[number] for number in (1, 2, 5, 6)]
    assert phone.post(phone.batch(chosen, pending=3)).json["missing"] == [1, 4, 5]
    device = db.session.query(Device).one()
    assert (str(device.uuid), device.pending) == (phone.device, 3)
    assert phone.post(phone.batch(events[3:5])).json["missing"] == [1]
    assert phone.post(phone.batch(events[:1])).json["missing"] == []


def test_at_most_the_latest_hundred_missing_numbers_are_told(phone, code):
    answer = phone.post(phone.batch([phone.scan(code, seq=2**31 - 1)])).json
    assert answer["missing"] == list(range(2**31 - 101, 2**31 - 1))


def test_the_phones_snapshot_gets_a_new_version(phone, code, cast, db):
    before = db.session.get(Person, cast["ana"]).version
    db.session.rollback()
    phone.send(phone.scan(code))
    assert db.session.get(Person, cast["ana"]).version == before + 1


@pytest.mark.one_try
def test_one_event_takes_at_most_eight_statements_and_fifty_hardly_more(phone, code, book, statements, now):
    book()
    booked = [phone.scan(code, now - number * MINUTE) for number in range(60)]
    phone.send(booked[2])
    statements.clear()
    phone.send(booked[3])  # wins over the one before, which is judged anew: one more; two numbers are missing
    assert len(_work(statements)) == 9
    statements.clear()
    phone.send(*booked[4:54])
    assert len(_work(statements)) == 9
    statements.clear()
    phone.send(booked[1])
    assert len(_work(statements)) == 8


def _work(statements):
    return [each for each in statements if not each.startswith("BEGIN")]


def test_row_23_an_erased_person_leaves_nothing_but_the_fact(phone, code, book, cast, db, now):
    book()
    event, twin = phone.scan(code), phone.scan(code)
    phone.send(event, twin)
    transaction.write(lambda: steps.forget(cast["ana"], now=now))()
    db.session.expire_all()
    rows = db.session.query(Checkin).all()
    for row in rows:
        emptied = (row.person_id, row.device, row.seq, row.body, row.captured_at, row.sent_at, row.effective_at)
        assert {*emptied, row.duplicate_of, row.claimed_booking} == {None}
        assert (str(row.event_id) in {event["id"], twin["id"]}, row.body_digest, row.local_date) == (False, "", DAY)
    assert db.session.query(Device).count() == 0
    assert [each["verdict"] for each in phone.send(event, phone.scan(code))] == ["gone", "accepted"]
    db.session.rollback()
    assert db.session.query(Checkin).count() == 3
    assert db.session.query(Booking).count() == 1
