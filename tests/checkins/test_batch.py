"""The envelope is strict, each event stands for itself, and only the right person's phone is heard."""

import json
import uuid
from datetime import timedelta

import pytest

from app.checkins.models import Checkin

LONG_CODE = "https://evil.example/" + "x" * 1900


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"device": "none"}, "device"),
        ({"device": None}, "device"),
        ({"device": "{6f1c2a4e-9d7b-4f30-8a51-0c2d3e4f5a6b}"}, "device"),
        ({"sent_at": "2026-11-23"}, "sent_at"),
        ({"sent_at": "2026-11-23T07:00:00"}, "sent_at"),
        ({"sent_at": "1795417200"}, "sent_at"),
        ({"sent_at": 1795417200}, "sent_at"),
        ({"sent_at": "0001-01-01T00:00:00+14:00"}, "sent_at"),
        ({"boot": ""}, "boot"),
        ({"boot": "x" * 65}, "boot"),
        ({"boot_ms": -1}, "boot_ms"),
        ({"boot_ms": 1.5}, "boot_ms"),
        ({"boot_ms": True}, "boot_ms"),
        ({"pending": "0"}, "pending"),
        ({"pending": 2**31}, "pending"),
        ({"events": []}, "events"),
        ({"events": {}}, "events"),
        ({"events": None}, "events"),
        ({"schema": "1"}, "schema"),
        ({"schema": None}, "schema"),
        ({"more": 1}, "more"),
    ],
    ids=repr,
)
def test_a_wrong_envelope_is_refused_and_named(phone, code, changes, field, db):
    response = phone.post(phone.batch([phone.scan(code)]) | changes)
    assert (response.status_code, list(response.json["fields"])) == (422, [field])
    assert db.session.query(Checkin).count() == 0


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"[]", b"null", b'"x"', b"[" * 100000, b'{"events":[1]}'])
def test_a_body_that_is_no_batch_is_refused(phone, text):
    headers = {"Nahplatz-Client": "1", "Nahplatz-Person": phone.person, "Sec-Fetch-Site": "same-origin"}
    response = phone.client.post("/api/v1/checkins", data=text, headers=headers, content_type="application/json")
    assert (response.status_code, response.json["code"]) == (422, "invalid_input")


def test_more_than_fifty_events_are_sent_in_halves(phone, code, db):
    response = phone.post(phone.batch([phone.scan(code) for _ in range(51)]))
    assert (response.status_code, response.json["code"]) == (413, "too_many_events")
    assert db.session.query(Checkin).count() == 0


@pytest.mark.parametrize(("size", "status"), [(256 * 1024, 200), (256 * 1024 + 1, 413)])
def test_a_batch_has_at_most_256_kib(phone, code, size, status):
    text = json.dumps(phone.batch([phone.scan(code)])).encode()
    headers = {"Nahplatz-Client": "1", "Nahplatz-Person": phone.person, "Sec-Fetch-Site": "same-origin"}
    text += b" " * (size - len(text))
    response = phone.client.post("/api/v1/checkins", data=text, headers=headers, content_type="application/json")
    assert response.status_code == status


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Nahplatz-Person": ""}, 401, "other_person"),
        ({"Nahplatz-Person": str(uuid.UUID(int=1))}, 401, "other_person"),
        ({"Sec-Fetch-Site": "cross-site"}, 403, "foreign_origin"),
        ({"Content-Type": "text/plain"}, 415, "json_only"),
    ],
)
def test_only_our_own_page_of_the_right_person_is_heard(phone, code, headers, status, db):
    response = phone.post(phone.batch([phone.scan("x")]), **headers)
    assert response.status_code == status
    assert response.json["code"] == code
    assert db.session.query(Checkin).count() == 0


def test_a_stranger_is_asked_to_sign_in(app, phone, code):
    phone.client = app.test_client()
    response = phone.post(phone.batch([phone.scan(code)]))
    assert (response.status_code, response.json["code"]) == (401, "sign_in_needed")


POISON = {
    "no object": lambda event: "poison",
    "null": lambda event: None,
    "a number": lambda event: 5,
    "a list": lambda event: [[[]]],
    "nothing in it": lambda event: {},
    "id missing": lambda event: {name: value for name, value in event.items() if name != "id"},
    "id not a text": lambda event: event | {"id": 17},
    "id of another kind": lambda event: event | {"id": "abc"},
    "id too long": lambda event: event | {"id": "x" * 3000},
    "device missing": lambda event: event | {"device": None},
    "seq zero": lambda event: event | {"seq": 0},
    "seq too large for the database": lambda event: event | {"seq": 2**31},
    "seq of thousands of digits": lambda event: event | {"seq": int("9" * 4000)},
    "kind unknown": lambda event: event | {"kind": "no_show"},
    "code empty": lambda event: event | {"code": ""},
    "code too long": lambda event: event | {"code": "x" * 2001},
    "code not a text": lambda event: event | {"code": ["x"]},
    "half a character": lambda event: event | {"code": "\ud800"},
    "booking wrong": lambda event: event | {"booking": "none"},
    "time wrong": lambda event: event | {"captured_at": "yesterday"},
    "time without zone": lambda event: event | {"captured_at": "2026-11-23T07:00:00"},
    "time a number": lambda event: event | {"captured_at": 1795417200},
    "time in digits": lambda event: event | {"captured_at": "1795417200"},
    "time at the end of days": lambda event: event | {"captured_at": "9999-12-31T23:59:59-23:00"},
    "boot missing": lambda event: event | {"boot": None},
    "boot_ms negative": lambda event: event | {"boot_ms": -1},
    "server time half": lambda event: event | {"last_server_time": {"at": "2026-11-23T07:00:00Z"}},
    "schema unknown": lambda event: event | {"schema": 2},
    "not a number": lambda event: event | {"boot_ms": float("nan")},
}


def test_what_is_no_event_is_kept_as_it_came_and_answered_the_same_again(phone, code, db):
    events = [make(phone.scan(code)) for make in POISON.values()]
    verdicts = phone.send(*events)
    for name, event, verdict in zip(POISON, events, verdicts, strict=True):
        assert (verdict["verdict"], verdict["reason"]) == ("rejected", "malformed"), name
        named = event.get("id") if isinstance(event, dict) else None
        if isinstance(named, str) and len(named) <= 100:
            assert verdict["id"] == named, name
        else:
            assert uuid.UUID(verdict["id"]), name
    rows = db.session.query(Checkin).all()
    assert len(rows) == len(POISON)
    assert max(len(row.body) for row in rows) <= 4096
    assert {row.kind for row in rows} == {None}
    db.session.rollback()
    assert phone.send(*events) == verdicts
    assert db.session.query(Checkin).count() == len(POISON)


def test_two_people_may_send_the_same_nonsense(phone, phone_of):
    assert phone.send({})[0]["reason"] == "malformed"
    assert phone_of("ben").send({})[0]["reason"] == "malformed"


def test_fields_of_later_versions_are_kept_and_let_be(phone, code, book, db):
    book()
    (verdict,) = phone.send(phone.scan(code, battery=0.5))
    assert verdict["verdict"] == "accepted"
    assert '"battery":0.5' in db.session.query(Checkin).one().body


def test_signs_and_texts_of_any_kind_are_survived(phone, db):
    texts = ["\x00", "💺", "\u202e", LONG_CODE, "é" * 2000, "'; DROP TABLE checkins; --", "{}", " \n "]
    verdicts = phone.send(*[phone.scan(text) for text in texts])
    assert {each["verdict"] for each in verdicts} == {"rejected"}
    assert {each["reason"] for each in verdicts} == {"unknown_code", "foreign_code"}
    assert db.session.query(Checkin).count() == len(texts)


def test_verdicts_speak_the_language_of_the_phone(phone, code):
    event = phone.scan(code)
    german, english = phone.send(event), phone.send(event, **{"Accept-Language": "en"})
    assert german[0]["text"].startswith("Du bist da")
    assert english[0] | {"text": ""} == german[0] | {"text": ""}


@pytest.mark.parametrize("depth", [150, 500, 1_000, 50_000])
def test_an_event_nested_beyond_reason_keeps_nobody_waiting(phone, code, book, depth, now):
    book()
    before, poison, after = (phone.scan(code, now + timedelta(seconds=second)) for second in range(-3, 0))
    deep = "[" * depth + "]" * depth
    text = json.dumps(phone.batch([before, "DEEP", poison | {"more": "DEEP"}, after])).replace('"DEEP"', deep)
    answers = [phone.post_text(text) for _ in range(2)]

    verdicts = answers[0].json["verdicts"]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json["verdicts"] == answers[1].json["verdicts"]
    assert [verdict["id"] for verdict in verdicts[::2]] == [before["id"], poison["id"]]
    assert (verdicts[0]["verdict"], verdicts[1]["reason"], verdicts[3]["id"]) == ("accepted", "malformed", after["id"])


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[" * 5_000, "body"),
        ('{"events": ' + "[" * 5_000, "body"),
        ('{"a": ' + "[" * 5_000 + '"' + '\\"' * 5_000, "body"),
        ('{"schema": ' + "[" * 5_000 + "]" * 5_000 + "}", "schema"),
    ],
)
def test_a_batch_nested_beyond_reason_is_refused_in_words(phone, text, field):
    answer = phone.post_text(text)
    assert answer.status_code == 422
    assert field in answer.json["fields"]
