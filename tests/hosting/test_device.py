"""A host's device is tied to one space, and opens nothing else."""

import base64
import uuid

import pytest
from flask import url_for

from app.checkins.models import Device
from app.extensions import db
from tests import factories
from tests.counters import OWN_PAGE, Counter
from tests.guards.knocking import address, rules

KEY = base64.urlsafe_b64encode(bytes(range(64))).decode().rstrip("=")


def _put(client, slug="kontor", **changes):
    body = {"device": str(uuid.uuid4()), "name": "Tablet", "public_key": KEY} | changes
    return client.put(f"/api/v1/host/{slug}/device", json=body, headers=OWN_PAGE)


def test_a_host_gets_a_token_that_is_kept_nowhere(as_, host_of, space):
    host_of("hana", space)
    device = uuid.uuid4()
    answer = _put(as_("hana"), device=str(device))
    token = answer.json["token"]
    row = db.session.query(Device).filter_by(uuid=device).one()
    assert (row.space_id, row.person_id, row.public_key) == (space.id, None, bytes(range(64)))
    assert len(token) > 40
    assert token not in str(vars(row))


def test_somebody_elses_space_looks_like_none(as_, host_of, space):
    host_of("hana", space)
    assert [_put(as_("hugo"), slug).status_code for slug in ("kontor", "nirgends")] == [404, 404]


def test_a_device_of_another_space_or_of_a_person_is_refused(as_, host_of, space, phone, code):
    other = factories.make_space("wagen")
    host_of("hana", space)
    host_of("hana", other)
    device = str(uuid.uuid4())
    client = as_("hana")
    phone.send(phone.scan(code))
    assert _put(client, device=device).status_code == 200
    assert _put(client, "wagen", device=device).json["code"] == "device_in_use"
    assert _put(client, device=phone.device).json["code"] == "device_in_use"


@pytest.mark.parametrize(
    "changes",
    [
        {"device": "x"},
        {"name": ""},
        {"name": "x" * 61},
        {"name": "Tab\0let"},
        {"name": "Tab\x1blet"},
        {"public_key": "short"},
        {"public_key": "ä" * 86},
        {"public_key": "A" * 85 + "!"},
        {"more": 1},
    ],
)
def test_what_is_no_device_is_refused(as_, host_of, space, changes):
    host_of("hana", space)
    assert _put(as_("hana"), **changes).status_code == 422


def test_a_device_that_is_registered_anew_has_only_the_new_token(register, host_of, space):
    host_of("hana", space)
    first = register()
    second = register(device=first.device)
    assert first.get().json["code"] == "device_revoked"
    assert second.get().status_code == 200


def test_row_42_a_stolen_device_is_stopped_from_the_page(counter, as_):
    client = as_("hana")
    page = client.get("/gastgeber/kontor/geraete").text
    assert "Tablet am Empfang" in page
    assert counter.token not in page
    assert counter.get().status_code == 200
    gone = client.submit("/gastgeber/kontor/geraete", {"device": counter.device})
    assert gone.status_code == 303
    answer = counter.get()
    assert (answer.status_code, answer.json["code"]) == (401, "device_revoked")
    assert "gesperrt" in client.get("/gastgeber/kontor/geraete").text


def test_only_hosts_of_the_space_see_and_stop_its_devices(counter, as_, host_of):
    host_of("hugo", factories.make_space("wagen"))
    for person in ("ana", "hugo", "kari"):
        client = as_(person)
        assert client.get("/gastgeber/kontor/geraete").status_code == 404
        assert client.submit("/gastgeber/kontor/geraete", {"device": counter.device}).status_code == 404
    assert as_("hugo").submit("/gastgeber/wagen/geraete", {"device": counter.device}).status_code == 404
    assert as_("hana").submit("/gastgeber/kontor/geraete", {"device": "x"}).status_code == 404
    assert counter.get().status_code == 200


def test_row_42_a_stolen_device_sees_initials_of_today_and_nothing_else(counter, book):
    book("ana")
    book("ben", day=factories.MADE_AT.date().replace(day=24))
    guests = counter.get().json["guests"]
    assert [guest["name"] for guest in guests] == ["A. B."]
    assert "Ana" not in counter.get().text
    assert "Ben" not in counter.get().text


def _reached(app, counter):
    """Return the addresses that the token opens, of all that a stranger cannot open."""
    found = set()
    headers = OWN_PAGE | {"Authorization": f"Bearer {counter.token}"}
    stranger = app.test_client()
    for method, rule in rules(app):
        path = address(rule)
        with_token = stranger.open(path, method=method, json={}, headers=headers)
        without = stranger.open(path, method=method, json={}, headers=OWN_PAGE)
        if (with_token.status_code, with_token.location) != (without.status_code, without.location):
            found.add((method, rule))
        with_token.close()
        without.close()
    return found


def test_row_42_the_token_of_a_device_opens_its_space_and_no_other(app, register, host_of):
    own, other = factories.make_space("wagen"), factories.make_space("kontor")
    host_of("hana", own)
    host_of("hugo", other)
    counter = register("hana", "wagen")  # the space that the guard's addresses name
    assert _reached(app, counter) == {
        ("GET", "/api/v1/host/<slug>/snapshot"),
        ("POST", "/api/v1/checkins"),
    }
    assert counter.get("/api/v1/host/kontor/snapshot").status_code == 404
    assert counter.get("/api/v1/host/nirgends/snapshot").status_code == 404


def test_row_42_control_a_session_opens_more_than_a_token(app, register, host_of):
    host_of("hana", factories.make_space("wagen"))
    counter = register("hana", "wagen", stays_signed_in=True)
    with app.test_request_context():
        assert url_for("hosting.get_devices", slug="wagen") == "/gastgeber/wagen/geraete"
    assert counter.get("/gastgeber/wagen/geraete").status_code == 200


def test_a_token_that_was_never_given_opens_nothing(app, space):
    stranger = Counter(app.test_client(), "kontor", str(uuid.uuid4()), "x" * 43)
    assert stranger.get().json["code"] == "device_revoked"
    assert app.test_client().get("/api/v1/host/kontor/snapshot").json["code"] == "sign_in_needed"
