"""Bookings as JSON: who may, what wrong bodies get, and what is answered."""

from __future__ import annotations

import uuid

import pytest

from tests.factories import make_space

OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "Nahplatz-Client": "1"}
BODY = {"space": "wagen", "date": "2026-11-24", "period": "day"}


@pytest.fixture
def space(app):
    return make_space("wagen", seats=4)


@pytest.fixture
def ana(as_, space):
    return as_("ana")


def _put(client, key=None, body=BODY, headers=OWN_PAGE):
    return client.put(f"/api/v1/bookings/{key or uuid.uuid4()}", json=body, headers=headers)


def test_book_answers_201_and_then_200_with_the_same(ana):
    key = uuid.uuid4()
    first, again = _put(ana, key), _put(ana, key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert first.json["seat"] == {"number": 1, "name": "Platz 1"}
    assert first.json["starts_at"] == "2026-11-24T07:00:00Z"


def test_strangers_are_asked_to_sign_in(client, space):
    answer = _put(client)
    assert (answer.status_code, answer.json["code"]) == (401, "sign_in_needed")
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Sec-Fetch-Site": "cross-site", "Nahplatz-Client": "1"}, "foreign_origin"),
        ({"Sec-Fetch-Site": "same-origin"}, "foreign_origin"),
        ({"Origin": "https://böse.example".encode("idna").decode(), "Nahplatz-Client": "1"}, "foreign_origin"),
        ({"Nahplatz-Client": "1"}, "foreign_origin"),
    ],
)
def test_writes_from_elsewhere_are_refused(ana, headers, code):
    answer = _put(ana, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (403, code)


def test_an_exact_origin_is_as_good_as_fetch_metadata(ana):
    assert _put(ana, headers={"Origin": "http://localhost", "Nahplatz-Client": "1"}).status_code == 201


def test_forms_are_not_json(ana):
    answer = ana.put(f"/api/v1/bookings/{uuid.uuid4()}", data=BODY, headers=OWN_PAGE)
    assert (answer.status_code, answer.json["code"]) == (415, "json_only")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"date": "morgen"}, "date"),
        ({"date": 1796083200}, "date"),
        ({"date": "1796083200"}, "date"),
        ({"period": "abends"}, "period"),
        ({"seat": 0}, "seat"),
        ({"seat": "drei"}, "seat"),
        ({"space": None}, "space"),
        ({"farbe": "rot"}, "farbe"),
    ],
)
def test_wrong_fields_are_named_in_german(ana, change, field):
    answer = _put(ana, body={**BODY, **change})
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_input")
    assert answer.json["fields"][field].endswith(".")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b'{"space": "wagen"}'])
def test_wrong_bodies_are_refused(ana, body):
    answer = ana.put(f"/api/v1/bookings/{uuid.uuid4()}", data=body, headers=OWN_PAGE, content_type="application/json")
    assert answer.status_code == 422


def test_too_large_a_body_is_refused(ana):
    answer = _put(ana, body={**BODY, "space": "x" * 70_000})
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")


def test_refusals_have_a_code_and_a_sentence(ana, as_):
    _put(ana, body={**BODY, "seat": 2})
    answer = _put(as_("ben"), body={**BODY, "seat": 2})
    assert (answer.status_code, answer.json["code"]) == (409, "seat_taken")
    assert "Platz" in answer.json["detail"]
    assert _put(ana, body={**BODY, "space": "nirgends"}).status_code == 404


def test_cancel_and_move(ana, as_):
    key = uuid.uuid4()
    _put(ana, key)
    moved = ana.post(f"/api/v1/bookings/{key}/seat", json={"seat": 3}, headers=OWN_PAGE)
    assert (moved.status_code, moved.json["seat"]["number"]) == (200, 3)
    stranger = as_("ben").post(f"/api/v1/bookings/{key}/cancellation", json={}, headers=OWN_PAGE)
    assert stranger.status_code == 404
    for _ in range(2):
        gone = ana.post(f"/api/v1/bookings/{key}/cancellation", json={}, headers=OWN_PAGE)
        assert (gone.status_code, gone.json["state"], gone.json["ended_reason"]) == (200, "ended", "cancelled")


def test_availability_counts_and_answers_unchanged(client, ana):
    address = "/api/v1/availability?date=2026-11-24&days=5"
    first = client.get(address)
    assert first.json["spaces"] == [{"slug": "wagen", "free": [4, 4, 4, 4, None]}]
    same = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    _put(ana)
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.json["spaces"][0]["free"] == [3, 4, 4, 4, None]
    assert changed.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        ("date=gestern", 422),
        ("date=2026-11-24&days=32", 422),
        ("date=2026-11-24&period=nachts", 422),
        ("date=2026-11-24&foo=1", 422),
        ("date=2026-11-24&space=nirgends", 404),
        ("date=2026-11-24&space=wagen", 200),
        ("date=2026-11-24&town=nottuln", 200),
        ("date=9999-12-31&days=31", 422),
        ("date=0001-01-01", 422),
    ],
)
def test_availability_never_breaks(client, space, query, status):
    assert client.get(f"/api/v1/availability?{query}").status_code == status


def test_the_description_names_every_operation(client):
    document = client.get("/api/v1/openapi.json").json
    assert document["openapi"].startswith("3.1")
    answers = document["paths"]["/api/v1/bookings/{booking_uuid}"]["put"]["responses"]
    assert {"200", "201", "401", "409", "422"} <= set(answers)
    assert "application/problem+json" in answers["409"]["content"]
