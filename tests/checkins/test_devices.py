"""Devices and their keys: who registers them, what their signatures prove, and what is told to whom."""

import json
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from app.checkins import queries
from app.checkins.models import Checkin, Device, GoneEvent
from app.extensions import db
from app.jobs.queries import findings
from app.privacy import operations as privacy
from tests.phones import OWN_PAGE, Phone

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OUTBOX = json.loads((Path(__file__).parent.parent / "vectors" / "outbox-1.json").read_text("utf-8"))
QUIET = ("reason", "duplicate_of", "booking", "space", "effective_at", "time_quality", "evidence")


@pytest.fixture
def keyed(phone):
    """Ana's phone, whose key is known."""
    assert phone.introduce().status_code == 200
    return phone


@pytest.fixture
def without_session(app):
    """The same phone after its session has ended."""

    def lose(phone):
        return Phone(app.test_client(), phone.person, phone.device, phone.seq, phone.key)

    return lose


def _only():
    db.session.rollback()
    db.session.expire_all()
    return db.session.query(Checkin).one()


def _revoke(phone):
    return phone.client.delete(f"/api/v1/devices/{phone.device}", headers=OWN_PAGE)


def test_registering_once_more_with_the_same_key_changes_only_the_name(keyed, cast, now):
    assert keyed.introduce(name="Neues Telefon").json == {"device": keyed.device, "name": "Neues Telefon"}
    (device,) = queries.devices_of(cast["ana"])
    assert (device.name, device.has_key, device.made_at, device.revoked_at) == ("Neues Telefon", True, now, None)


def test_another_key_needs_another_device(keyed, phone_of):
    other = phone_of("ana", device=keyed.device)
    answer = other.introduce()
    assert (answer.status_code, answer.json["code"]) == (409, "other_key")
    assert phone_of("ana").introduce().status_code == 200


def test_a_device_of_somebody_else_is_not_found(keyed, phone_of):
    ben = phone_of("ben", device=keyed.device, key=keyed.key)
    assert ben.introduce().status_code == 404
    assert _revoke(ben).status_code == 404
    assert keyed.send(keyed.signed(keyed.scan("x")))


def test_a_phone_that_was_known_without_a_key_gets_one(phone, code):
    phone.send(phone.scan(code))
    assert phone.introduce().status_code == 200
    phone.send(phone.signed(phone.scan(code)))
    assert {each.is_signed for each in db.session.query(Checkin)} == {True, False}


@pytest.mark.parametrize("key", ["", "A" * 86, None, 7, "x" * 101])
def test_what_is_no_key_is_refused(phone, key):
    answer = phone.introduce(public_key=key)
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["public_key"])
    assert db.session.query(Device).count() == 0


def test_nobody_has_more_devices_than_fifty(phone_of, phone, cast, now):
    db.session.add_all(
        Device(uuid=uuid.uuid4(), person_id=cast["ana"], made_at=now, seen_at=now, name=None) for _ in range(50)
    )
    db.session.commit()
    assert phone.introduce().json["code"] == "too_many_devices"


def test_an_event_signed_by_its_device_is_known_as_that(keyed, code, book):
    book()
    (verdict,) = keyed.send(keyed.signed(keyed.scan(code)))
    assert (verdict["verdict"], verdict["reason"], verdict["evidence"]) == ("accepted", None, "sign")
    assert (_only().is_signed, _only().doubt) == (True, None)


@pytest.mark.parametrize("change", [{"code": "x"}, {"boot_ms": 1}, {"signature": ""}, {"signature": "A" * 86}])
def test_a_wrong_signature_is_stored_and_marked(keyed, code, book, change):
    book()
    event = keyed.signed(keyed.scan("y")) | {"code": code} | change
    (verdict,) = keyed.send(event)
    assert verdict["reason"] in {"bad_signature", "unknown_code"}
    assert (_only().is_signed, _only().doubt) == (False, "bad_signature")
    assert keyed.send(event) == [verdict]


def test_a_wrong_signature_stays_marked_when_the_day_is_judged_anew(keyed, code, book, now):
    book()
    late = keyed.scan(code, now + 20 * MINUTE, signature="A" * 86)
    with time_machine.travel(now + HOUR, tick=False):
        assert keyed.send(late)[0]["reason"] == "bad_signature"
        assert keyed.send(keyed.signed(keyed.scan(code, now + 10 * MINUTE)))[0]["verdict"] == "accepted"
        assert keyed.send(late)[0]["reason"] == "duplicate"
    assert {each.doubt for each in db.session.query(Checkin)} == {None, "bad_signature"}


def test_row_32_events_from_before_the_key_have_no_signature_and_no_doubt(phone, code, book):
    book()
    old = phone.scan(code)
    phone.introduce()
    assert phone.send(old)[0]["verdict"] == "accepted"
    assert (_only().is_signed, _only().doubt) == (False, None)


def test_row_32_the_golden_queue_of_a_phone_that_has_a_key_by_now_is_taken(phone_of, space):
    phone = phone_of("ana", device=OUTBOX["device"]["id"])
    phone.introduce()
    phone.send(*[entry["event"] for entry in OUTBOX["entries"] if entry["owner"]])
    assert {each.doubt for each in db.session.query(Checkin)} == {None}


def test_row_26_what_the_key_signed_is_taken_without_a_session_and_nothing_is_told(
    keyed, without_session, code, book, cast, now
):
    book()
    scan = keyed.signed(keyed.scan(code))
    lost = without_session(keyed)
    answer = lost.post(lost.batch([scan, lost.signed(lost.scan("nonsense"))]))
    assert answer.status_code == 200
    assert [each["verdict"] for each in answer.json["verdicts"]] == ["stored", "stored"]
    assert {each[name] for each in answer.json["verdicts"] for name in QUIET} == {None}
    assert {each["text"] for each in answer.json["verdicts"]} == {""}
    assert (answer.json["missing"], answer.json["resend_since"]) == ([], None)
    assert "Set-Cookie" not in answer.headers
    assert {each.person_id for each in db.session.query(Checkin)} == {cast["ana"]}
    # Signed in again, the same phone hears what became of it.
    (verdict,) = keyed.send(scan)
    assert verdict["verdict"] == "accepted"
    shown = keyed.client.get("/api/v1/me/snapshot").json["checkins"]
    assert {each["verdict"] for each in shown if each["id"] == scan["id"]} == {"accepted"}


def test_row_26_no_gap_and_no_repetition_is_told_without_a_session(keyed, without_session, code, phone_of):
    lost = without_session(keyed)
    next(keyed.seq)
    first = keyed.signed(keyed.scan(code))
    stranger = phone_of("ben")
    stranger.send(stranger.scan(code, id=first["id"]))
    for _ in range(2):
        answer = lost.post(lost.batch([first]))
        assert ([each["verdict"] for each in answer.json["verdicts"]], answer.json["missing"]) == (["stored"], [])


@pytest.mark.parametrize("spoil", ["unsigned", "wrong", "one of two", "other device", "unreadable", "foreign key"])
def test_row_26_without_a_session_every_event_must_be_signed_by_the_devices_key(
    keyed, without_session, phone_of, code, spoil
):
    lost = without_session(keyed)
    good, plain = lost.signed(lost.scan(code)), lost.scan(code)
    ben = phone_of("ben")
    events = {
        "unsigned": [plain],
        "wrong": [good | {"boot_ms": 4}],
        "one of two": [good, plain],
        "other device": [ben.signed(ben.scan(code))],
        "unreadable": [good, {"id": "?"}],
        "foreign key": [ben.signed(plain)],
    }[spoil]
    answer = lost.post(lost.batch(events))
    assert (answer.status_code, answer.json["code"]) == (401, "sign_in_needed")
    assert db.session.query(Checkin).count() == 0


def test_row_26_a_device_without_a_key_has_to_sign_in(phone, without_session, code):
    phone.send(phone.scan(code))
    lost = without_session(phone)
    assert lost.post(lost.batch([lost.signed(lost.scan(code))])).status_code == 401


def test_row_26_a_stranger_does_not_even_learn_what_a_batch_is(app, phone):
    client = app.test_client()
    for text in ("", "{}", "[1]", '{"schema": 9}'):
        answer = client.post("/api/v1/checkins", data=text, headers=OWN_PAGE | {"Content-Type": "application/json"})
        assert (answer.status_code, answer.json["code"]) == (401, "sign_in_needed")


def test_row_28_what_a_revoked_device_captured_before_is_taken_and_marked_and_nothing_after(keyed, code, book, now):
    book()
    before, after = keyed.signed(keyed.scan(code)), keyed.signed(keyed.scan(code, now + 20 * MINUTE))
    with time_machine.travel(now + 10 * MINUTE, tick=False):
        assert [_revoke(keyed).status_code for _ in range(2)] == [204, 204]
    with time_machine.travel(now + 30 * MINUTE, tick=False):
        first, second = keyed.send(before, after)
    assert (first["verdict"], first["reason"]) == ("flagged", "revoked_device")
    assert first["booking"] is not None
    assert (second["verdict"], second["reason"]) == ("rejected", "revoked_device")


def test_row_28_what_arrived_before_the_end_stays_as_it_was(keyed, code, book):
    book()
    scan = keyed.signed(keyed.scan(code))
    (verdict,) = keyed.send(scan)
    _revoke(keyed)
    assert keyed.send(scan) == [verdict]


def test_row_28_a_revoked_device_can_send_what_it_signed_but_not_come_back(keyed, without_session, code, now):
    scan = keyed.signed(keyed.scan(code))
    with time_machine.travel(now + HOUR, tick=False):
        _revoke(keyed)
        assert keyed.introduce().json["code"] == "device_revoked"
        lost = without_session(keyed)
        assert lost.post(lost.batch([scan])).json["verdicts"][0]["verdict"] == "stored"
    assert _only().doubt == "revoked_device"


def test_row_24_whoever_may_no_longer_sign_in_is_judged_as_of_the_scan(keyed, without_session, code, book, now, cast):
    book()
    scan = keyed.signed(keyed.scan(code))
    with time_machine.travel(now + HOUR, tick=False):
        keyed.client.submit("/profil/ueberall-abmelden")
        lost = without_session(keyed)
        assert lost.post(lost.batch([lost.scan(code)])).status_code == 401
        assert lost.post(lost.batch([scan])).json["verdicts"][0]["verdict"] == "stored"
    assert (_only().verdict, _only().reason, _only().person_id) == ("accepted", None, cast["ana"])


def test_row_24_who_is_back_is_told_the_same_as_if_they_had_never_been_away(
    keyed, without_session, phone_of, code, book, now
):
    """Signed out everywhere while check-ins waited: both are judged by the booking as it was when they were scanned."""
    booking = book(ended_at=now + 30 * MINUTE, ended_reason="cancelled")
    scans = [keyed.signed(keyed.scan(code, now + minutes * MINUTE)) for minutes in (5, 40)]
    with time_machine.travel(now + HOUR, tick=False):
        keyed.client.submit("/profil/ueberall-abmelden")
        lost = without_session(keyed)
        answer = lost.post(lost.batch(scans)).json
        assert [each["verdict"] for each in answer["verdicts"]] == ["stored", "stored"]
        assert all(each[name] is None for each in answer["verdicts"] for name in QUIET)
        back = phone_of("ana", device=keyed.device, seq=keyed.seq, key=keyed.key)
        verdicts = back.send(*scans)
    assert [(each["verdict"], each["reason"]) for each in verdicts] == [("accepted", None), ("flagged", "no_booking")]
    assert verdicts[0]["booking"] == str(booking.uuid)
    assert db.session.query(Checkin).count() == 2


def test_row_24_control_a_device_that_was_blocked_as_well_sends_nothing_new(keyed, without_session, code, book, now):
    """Signing out ends sessions; what the device captures afterwards is stopped by blocking the device."""
    book()
    after = [keyed.signed(keyed.scan(code, now + minutes * MINUTE)) for minutes in (5, 40)]
    with time_machine.travel(now + 20 * MINUTE, tick=False):
        _revoke(keyed)
        keyed.client.submit("/profil/ueberall-abmelden")
    with time_machine.travel(now + HOUR, tick=False):
        lost = without_session(keyed)
        assert {each["verdict"] for each in lost.post(lost.batch(after)).json["verdicts"]} == {"stored"}
    db.session.rollback()
    rows = db.session.query(Checkin).order_by(Checkin.effective_at).all()
    assert [(row.verdict, row.reason) for row in rows] == [
        ("flagged", "revoked_device"),
        ("rejected", "revoked_device"),
    ]


def test_row_34_nobody_else_can_send_what_a_device_signed_nor_keep_it_from_arriving(keyed, phone_of, code, book):
    book()
    scan = keyed.signed(keyed.scan(code))
    thief = phone_of("ben", device=keyed.device)
    answer = thief.post(thief.batch([scan, keyed.scan(code)]))
    assert {each["reason"] for each in answer.json["verdicts"]} == {"id_reused"}
    assert answer.json["missing"] == []
    assert db.session.query(Checkin).count() == 0
    assert keyed.send(scan)[0]["verdict"] == "accepted"
    assert _only().is_signed


def test_row_34_control_without_a_key_the_first_who_sends_an_event_would_have_it(phone, phone_of, code):
    scan = phone.signed(phone.scan(code))
    thief = phone_of("ben", device=phone.device)
    thief.send(scan)
    assert phone.send(scan)[0]["reason"] == "id_reused"


@pytest.fixture
def erased(keyed, without_session, code, cast, now):
    """Ana's phone after she was erased: one check-in had arrived, two are still on it."""
    sent, waiting, odd = keyed.signed(keyed.scan(code)), keyed.signed(keyed.scan(code)), keyed.signed(keyed.scan("x"))
    keyed.send(sent)
    privacy.erase(person_id=cast["ana"], now=now)
    return without_session(keyed), sent, waiting, odd


def test_row_23_what_an_erased_persons_phone_sends_is_counted_without_a_person_and_gone(erased, code, space):
    lost, sent, waiting, odd = erased
    for _ in range(3):
        answer = lost.post(lost.batch([sent, waiting, odd]))
        assert [each["verdict"] for each in answer.json["verdicts"]] == ["gone"] * 3
        assert {each[name] for each in answer.json["verdicts"] for name in QUIET} == {None}
    db.session.rollback()
    db.session.expire_all()
    rows = db.session.query(Checkin).all()
    assert [(each.space_id, each.local_date.isoformat()) for each in rows] == [(space.id, "2026-11-23")] * 2
    for row in rows:
        left = (row.person_id, row.device, row.seq, row.body, row.captured_at, row.sent_at, row.effective_at)
        assert set(left) == {None}
        assert str(row.event_id) not in {each["id"] for each in (sent, waiting, odd)}
    assert {len(each.digest) for each in db.session.query(GoneEvent)} == {64}


def test_row_23_unsigned_events_of_an_erased_persons_phone_are_gone_too(erased, code):
    lost, *_ = erased
    answer = lost.post(lost.batch([lost.scan(code)]))
    assert [each["verdict"] for each in answer.json["verdicts"]] == ["gone"]


def test_row_23_a_phone_that_somebody_else_uses_by_now_is_not_gone(erased, phone_of, code):
    lost, sent, *_ = erased
    ben = phone_of("ben", device=lost.device)
    fresh, again = ben.send(ben.scan(code, seq=9), sent)
    assert (fresh["reason"], again["verdict"]) == ("no_booking", "gone")
    assert lost.post(lost.batch([lost.scan(code)])).status_code == 401


def test_row_23_contradictions_do_not_come_with_an_erasure(erased):
    lost, *events = erased
    lost.post(lost.batch(events))
    assert list(findings()) == []


def test_row_23_what_is_known_of_the_erased_goes_after_ninety_days(erased, now):
    count = db.session.query(GoneEvent).count()
    privacy.retain(now=now + timedelta(days=90))
    assert db.session.query(GoneEvent).count() == count == 2
    privacy.retain(now=now + timedelta(days=91))
    assert db.session.query(GoneEvent).count() == 0
