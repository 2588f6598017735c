"""What a host's device carries."""

import base64
import uuid
from datetime import date, timedelta

import time_machine

from app import clock
from app.checkins.models import Checkin, PassKey
from app.extensions import db
from app.hosting.schemas import HostSnapshotOut
from tests import factories

HOUR = timedelta(hours=1)
DAY = date(2026, 11, 23)


def _guest(counter, number=0):
    return counter.get().json["guests"][number]


def test_the_snapshot_is_what_is_described(register, host_of, space, book, phone, code):
    host_of("hana", space)
    booking = book("ana")
    phone.send(phone.scan(code))
    key = PassKey(kid=3, public_key=bytes(range(64)), made_at=factories.MADE_AT, valid_from=factories.MADE_AT)
    db.session.add(key)
    db.session.commit()
    answer = register(stays_signed_in=True).get()
    HostSnapshotOut.model_validate_json(answer.data)
    found = answer.json
    assert found["space"] == {"id": space.id, "slug": "kontor", "name": "Kontor", "timezone": "Europe/Berlin"}
    assert (found["day"], found["hours"], found["closed"]) == (
        "2026-11-23",
        {"opens": 480, "splits": 780, "closes": 1080},
        None,
    )
    assert [seat["number"] for seat in found["seats"]] == [1, 2, 3]
    assert found["guests"] == [
        {
            "booking": str(booking.uuid),
            "pass": booking.uuid.bytes[8:].hex(),
            "name": "Ana Beispiel",
            "label": None,
            "seat": {"number": 1, "name": "Platz 1"},
            "period": "day",
            "starts_at": "2026-11-23T07:00:00.000Z",
            "ends_at": "2026-11-23T17:00:00.000Z",
            "state": "there",
            "checked_in_at": "2026-11-23T07:00:00.000Z",
            "left_at": None,
            "evidence": "sign",
            "is_late": False,
            "ended": None,
        }
    ]
    assert found["free"] == {"morning": 3, "afternoon": 3}  # the fixture's booking holds no slots
    assert [each["closed"] for each in found["week"]] == [None, None, None, None, None, "weekday", "weekday"]
    assert found["keys"][0]["key"] == base64.urlsafe_b64encode(bytes(range(64))).decode().rstrip("=")


def test_what_one_device_recorded_another_one_sees_and_takes_back(register, host_of, space, book):
    host_of("hana", space)
    booking = book("ana")
    tablet, phone = register(), register()
    tablet.send(tablet.tick(booking.uuid))
    (written,) = phone.get().json["written"]
    assert (written["kind"], written["booking"]) == ("check_in", str(booking.uuid))
    assert _guest(phone)["state"] == "there"
    (verdict,) = phone.send(phone.undo({"id": written["event"]}))
    assert verdict["verdict"] == "accepted"
    assert phone.get().json["written"] == []
    assert _guest(phone)["state"] == "expected"


def test_a_host_who_is_signed_in_needs_no_device(as_, host_of, space):
    host_of("hana", space)
    assert as_("hana").get("/api/v1/host/kontor/snapshot").status_code == 200
    assert as_("ana").get("/api/v1/host/kontor/snapshot").status_code == 404


def test_who_is_signed_in_but_no_host_gets_what_the_device_may_see(counter, as_, book):
    book("ana")
    counter.client = as_("ben")
    assert _guest(counter)["name"] == "A. B."


def test_an_unchanged_snapshot_is_not_sent_again(counter, book, phone, code, now):
    book()
    etag = counter.get().headers["ETag"]
    with time_machine.travel(now + timedelta(minutes=3), tick=False):
        assert counter.get(**{"If-None-Match": etag}).status_code == 304
        phone.send(phone.scan(code))
        assert counter.get(**{"If-None-Match": etag}).status_code == 200


def test_who_came_shows_the_best_evidence_and_the_earliest_time(counter, book, phone, code, now):
    booking = book()
    first = phone.scan(code)
    phone.send(first)
    again = Checkin(
        event_id=uuid.uuid4(),
        person_id=booking.person_id,
        kind="check_in",
        body_digest="",
        space_id=booking.space_id,
        received_at=now + HOUR,
        effective_at=now + HOUR,
        local_date=DAY,
        time_quality="exact",
        evidence="host_scan",
        verdict="flagged",
        reason="duplicate",
        booking_id=booking.id,
        duplicate_of=uuid.UUID(first["id"]),
    )
    db.session.add(again)
    db.session.commit()
    guest = _guest(counter)
    assert (guest["evidence"], guest["checked_in_at"]) == ("host_scan", "2026-11-23T07:00:00.000Z")


def test_what_arrives_late_is_said_to_be_late(counter, book, phone, code, now):
    book()
    with time_machine.travel(now + HOUR, tick=False):
        phone.send(phone.scan(code, now))
        assert _guest(counter)["is_late"] is True


def test_row_48_without_a_check_out_the_stay_ends_when_the_space_closes(counter, book, phone, code, now):
    book()
    phone.send(phone.scan(code))
    closes_at = clock.moment_of(DAY, 18 * 60, "Europe/Berlin")
    with time_machine.travel(closes_at - timedelta(minutes=1), tick=False):
        assert (_guest(counter)["state"], _guest(counter)["left_at"]) == ("there", None)
    with time_machine.travel(closes_at, tick=False):
        assert (_guest(counter)["state"], _guest(counter)["left_at"]) == ("left", "2026-11-23T17:00:00.000Z")


def test_a_check_out_ends_the_stay(counter, book, phone, code, now):
    book()
    phone.send(phone.scan(code))
    with time_machine.travel(now + HOUR, tick=False):
        phone.send(phone.scan(code, kind="check_out"))
        guest = _guest(counter)
    assert (guest["state"], guest["left_at"]) == ("left", "2026-11-23T08:00:00.000Z")


def test_cancelled_bookings_say_so_and_moved_ones_are_left_out(counter, book, now):
    book("ana", ended_at=now, ended_reason="cancelled")
    book("ben", ended_at=now, ended_reason="moved")
    assert [guest["ended"] for guest in counter.get().json["guests"]] == ["cancelled"]


def test_a_released_seat_is_said_to_be_released(counter, book, now):
    book("ana", released_at=now)
    assert _guest(counter)["state"] == "released"


def test_check_ins_that_raise_a_question_stand_under_attention(register, host_of, space, phone, code):
    host_of("hana", space)
    counter = register(stays_signed_in=True)
    phone.send(phone.scan(code))
    found = counter.get().json["attention"]
    assert [(each["kind"], each["at"]) for each in found] == [("no_booking", "2026-11-23T07:00:00.000Z")]
    assert found[0]["text"].startswith("Ana Beispiel war da")


def test_a_check_in_whose_day_is_not_sure_waits_14_days_for_a_word_but_not_on_a_stolen_tablet(
    register, host_of, space, book, phone, code, now
):
    host_of("hana", space)
    counter, alone = register(stays_signed_in=True), register()
    booking = book()
    phone.send(phone.scan(code))
    db.session.query(Checkin).update({"time_quality": "uncertain"})
    db.session.commit()
    with time_machine.travel(now + timedelta(days=3), tick=False):
        found = register(stays_signed_in=True).get().json["attention"]
        assert [(each["kind"], each["booking"], each["at"]) for each in found] == [
            ("uncertain", str(booking.uuid), None)
        ]
        assert alone.get().json["attention"] == []
    assert counter.get().json["attention"][0]["kind"] == "uncertain"


def test_another_space_learns_nothing(host_of, space, register, book, phone, code):
    other = factories.make_space("wagen")
    host_of("hugo", other)
    book()
    phone.send(phone.scan(code), phone.scan("x"))
    found = register("hugo", "wagen").get().json
    assert (found["guests"], found["attention"]) == ([], [])
