"""Who gets in when: the phone carries it from 18 hours before, and it is shown from 30 minutes before until the end."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import time_machine

from app.bookings import operations
from app.bookings.operations import Order
from app.bookings.queries import Closing
from app.checkins import operations as checkins
from app.checkins import queries
from app.spaces.models import Door
from tests import factories

TUESDAY = date(2026, 11, 24)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
SECRETS = ("4711#", "WagenGast", "geheim123", "0170 1234567")


@pytest.fixture
def space(app, db):
    space = factories.make_space("kontor", release_after=60)
    door = Door(space_id=space.id, kind="code", code="4711#", wifi_name="WagenGast", wifi_password="geheim123")
    door.emergency_contact = "0170 1234567"
    db.session.add(door)
    db.session.commit()
    return space


@pytest.fixture
def booking(space, cast, now):
    order = Order(uuid.uuid4(), "kontor", TUESDAY, "day")
    return operations.book(order=order, person_id=cast["ana"], now=now).booking


def _page(client, booking, at):
    with time_machine.travel(at, tick=False):
        return client.get(f"/buchungen/{booking.uuid}/tuer")


def _carried(client, at):
    with time_machine.travel(at, tick=False):
        answer = client.get("/api/v1/me/snapshot")
    (told,) = answer.json["bookings"]
    return told["door"], any(secret in answer.text for secret in SECRETS)


@pytest.mark.parametrize(
    ("before", "is_shown"),
    [(30 * 60 + 1, False), (30 * 60, True), (0, True), (-10 * 3600 + 1, True), (-10 * 3600, False)],
)
def test_pages_show_it_from_half_an_hour_before_until_the_end(as_, booking, before, is_shown):
    page = _page(as_("ana"), booking, booking.starts_at - before * SECOND)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert [secret in page.text for secret in SECRETS] == [is_shown] * 4
    assert ("07:30 Uhr" in page.text) == (before > 30 * 60)


def test_phones_carry_it_from_18_hours_before_and_say_before_when_it_comes(as_, booking):
    ana = as_("ana")
    door, is_told = _carried(ana, booking.starts_at - 18 * HOUR - SECOND)
    assert (door["shown_from"], door["shown_until"]) == ("2026-11-24T06:30:00.000Z", "2026-11-24T17:00:00.000Z")
    assert (door["told"], is_told) == (None, False)
    door, is_told = _carried(ana, booking.starts_at - 18 * HOUR)
    assert (door["told"]["code"], door["told"]["wifi_password"], is_told) == ("4711#", "geheim123", True)
    assert _carried(ana, booking.ends_at) == (None, False)


def test_a_phone_hears_of_it_within_the_hour_without_asking_for_everything_each_time(as_, booking):
    ana = as_("ana")
    with time_machine.travel(booking.starts_at - 19 * HOUR, tick=False):
        etag = ana.get("/api/v1/me/snapshot").headers["ETag"]
        assert ana.get("/api/v1/me/snapshot", headers={"If-None-Match": etag}).status_code == 304
    with time_machine.travel(booking.starts_at - 17 * HOUR, tick=False):
        assert ana.get("/api/v1/me/snapshot", headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("how", ["cancelled", "closed", "released"])
def test_who_lost_the_booking_or_the_seat_learns_nothing(as_, booking, space, cast, now, how):
    ana, at = as_("ana"), booking.starts_at + 2 * HOUR
    if how == "cancelled":
        operations.cancel(booking_uuid=booking.uuid, person_id=cast["ana"], now=now)
    elif how == "closed":
        closing = Closing(space.id, TUESDAY, TUESDAY, "Rohrbruch")
        operations.close_days(closing=closing, present=lambda ids: (), actor="host", now=now)
    else:
        (due,) = queries.due_releases(at)
        checkins.release_seat(due=due, now=at)
    page = _page(ana, booking, at).text
    assert not any(secret in page for secret in SECRETS)
    assert "Diese Buchung gilt nicht mehr" in page
    assert _carried(ana, at) == (None, False)


def test_nobody_else_sees_it(as_, booking):
    assert _page(as_("ben"), booking, booking.starts_at).status_code == 404


def test_the_code_of_another_kind_of_door_is_not_told(as_, booking, db):
    db.session.query(Door).update({"kind": "none"})
    db.session.commit()
    assert "4711#" not in _page(as_("ana"), booking, booking.starts_at).text


@pytest.fixture
def control(app, db, space):
    """A door control on this machine; `heard` are the bookings it opened for."""
    heard = []

    class Control(BaseHTTPRequestHandler):
        status = 204

        def do_POST(self):
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(Control.status)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Control)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/"
    db.session.query(Door).update({"kind": "webhook", "url": url, "secret": "only for this door"})
    db.session.commit()
    app.config["NAHPLATZ"] = replace(app.config["NAHPLATZ"], door_loopback=True)
    Control.heard = heard
    yield Control
    server.shutdown()
    server.server_close()
    thread.join()


def _press(client, booking, at):
    with time_machine.travel(at, tick=False):
        return client.submit(f"/buchungen/{booking.uuid}/tuer")


def test_the_button_opens_the_door_in_the_same_window(as_, booking, control):
    ana = as_("ana")
    assert "Tür öffnen" in _page(ana, booking, booking.starts_at).text
    assert _press(ana, booking, booking.starts_at).status_code == 303
    assert str(booking.uuid).encode() in control.heard[0]
    for at in (booking.starts_at - HOUR, booking.ends_at):
        refused = _press(ana, booking, at)
        assert refused.status_code == 409
        assert "Die Tür öffnet sich nur von 30 Minuten vor" in refused.text
    assert _press(as_("ben"), booking, booking.starts_at).status_code == 404
    assert len(control.heard) == 1


def test_a_door_that_fails_is_said_with_a_way_out(as_, booking, control):
    control.status = 500
    refused = _press(as_("ana"), booking, booking.starts_at)
    assert refused.status_code == 502
    assert "ruf den Notfallkontakt an" in refused.text
    assert "0170 1234567" in refused.text
