"""The page of signs and displays, and the screen at the door."""

import base64
import json
import re
from datetime import timedelta

import pytest

from app import assets, clock
from app.audit.models import AuditEntry
from app.checkins import operations, queries, windows
from app.checkins.models import Display, Sign
from app.extensions import db
from app.people.models import Person
from tests import factories
from tests.counters import OWN_PAGE

PATH = "/gastgeber/kontor/schilder"


@pytest.fixture
def hana(host_of, space, as_):
    host_of("hana", space)
    return as_("hana")


def _made(client, name="Tablet am Eingang"):
    """Make a display; returns its code and its key, as the link tells them."""
    answer = client.submit("/gastgeber/kontor/anzeigen", {"name": name})
    code, key = re.search(r'href="/anzeige/(\w{20})#([\w-]{43})"', answer.text).groups()
    return answer, code, base64.urlsafe_b64decode(key + "=")


def _report(client, code, key, moment, **changes):
    body = {"at": moment.isoformat(), "mark": windows.mark(key, windows.window_at(moment))} | changes
    return client.post(f"/api/v1/displays/{code}", json=body, headers=OWN_PAGE)


def test_a_host_makes_prints_and_replaces_the_sign(hana, space, cast):
    assert "noch kein Schild" in hana.get(PATH).text
    assert hana.get("/gastgeber/kontor/schild.pdf").status_code == 404
    assert hana.submit(PATH, {"confirm": "ja"}).status_code == 303
    first = queries.sign_of(space.id)
    page = hana.get(PATH).text
    assert first.printed in page
    pdf = hana.get("/gastgeber/kontor/schild.pdf")
    assert (pdf.content_type, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    hana.submit(PATH, {"confirm": "ja"})
    db.session.rollback()
    assert queries.sign_of(space.id).epoch == 2
    assert "ersetzt" in hana.get(PATH).text
    who = str(db.session.get(Person, cast["hana"]).public_id)
    assert [(entry.actor, entry.action) for entry in db.session.query(AuditEntry)] == [(who, "new_sign")] * 2


def test_nothing_is_replaced_without_a_word(hana, space):
    hana.submit(PATH, {"confirm": "ja"})
    answer = hana.submit(PATH, {})
    assert (answer.status_code, db.session.query(Sign).count()) == (422, 1)
    assert "Setz bitte das Häkchen" in answer.text


def test_the_key_of_a_display_is_shown_once(hana, space):
    answer, code, key = _made(hana)
    assert answer.headers["Cache-Control"] == "no-store"
    row = db.session.query(Display).one()
    assert (row.code, row.key, row.name) == (code, key, "Tablet am Eingang")
    page = hana.get(PATH).text
    assert "Tablet am Eingang" in page
    assert base64.urlsafe_b64encode(key).decode().rstrip("=") not in page


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
def test_a_display_needs_a_name(hana, name):
    answer = hana.submit("/gastgeber/kontor/anzeigen", {"name": name})
    assert (answer.status_code, db.session.query(Display).count()) == (422, 0)


def test_a_stopped_display_says_so_and_proves_nothing(hana, client, now):
    _, code, key = _made(hana)
    assert _report(client, code, key, now).status_code == 204
    shown = db.session.query(Display).one()
    assert hana.submit("/gastgeber/kontor/anzeigen/stoppen", {"id": shown.id}).status_code == 303
    assert _report(client, code, key, now).status_code == 404
    assert "gestoppt" in hana.get(PATH).text


def test_a_display_tells_how_its_clock_goes(hana, client, now):
    _, code, key = _made(hana)
    assert _report(client, code, key, now - timedelta(hours=5)).status_code == 204
    assert queries.displays_of(db.session.query(Display).one().space_id)[0].offset_seconds == -5 * 3600
    for changes, status in (({"mark": "00000000"}, 404), ({"mark": "x"}, 422), ({"at": "gestern"}, 422)):
        assert _report(client, code, key, now, **changes).status_code == status
    assert _report(client, "0" * 20, key, now).status_code == 404
    never_set = _report(client, code, key, now - timedelta(days=20_000))
    assert (never_set.status_code, never_set.json["code"]) == (409, "clock_wrong")


def test_hosts_of_other_spaces_find_nothing(hana, host_of, as_, space):
    _made(hana)
    shown = db.session.query(Display).one()
    host_of("hugo", factories.make_space("wagen"))
    hugo = as_("hugo")
    assert hugo.get(PATH).status_code == 404
    assert hugo.get("/gastgeber/kontor/schild.pdf").status_code == 404
    assert hugo.submit(PATH, {"confirm": "ja"}).status_code == 404
    assert hugo.submit("/gastgeber/kontor/anzeigen", {"name": "x"}).status_code == 404
    for slug in ("kontor", "wagen"):
        assert hugo.submit(f"/gastgeber/{slug}/anzeigen/stoppen", {"id": shown.id}).status_code == 404
    assert hana.submit("/gastgeber/kontor/anzeigen/stoppen", {"id": "x"}).status_code == 404
    assert queries.sign_of(space.id) is None
    assert db.session.query(Display).one().revoked_at is None


def test_the_page_counts_what_each_sign_and_display_brought(hana, book, phone_of, space, now):
    sign = operations.replace_sign(space_id=space.id, now=now)
    _, code, key = _made(hana)
    book("ana")
    ana, ben = phone_of("ana"), phone_of("ben")
    mark = windows.mark(key, windows.window_at(now))
    verdict = ana.send(ana.scan(f"HTTP://LOCALHOST/C/{code}/{mark}"))[0]
    assert verdict["evidence"] == "display"
    ben.send(ben.scan(sign.address("http://localhost")))
    assert hana.get(PATH).text.count("1 Check-in<") == 2


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_screen_is_the_same_for_every_display_and_is_kept(client, language):
    page = client.get("/anzeige/whatever", headers={"Accept-Language": language}).text
    assert client.get("/anzeige/other", headers={"Accept-Language": language}).text == page
    address = assets.url(f"display.{language}.html")
    assert client.get(address, buffered=True).text == page
    assert address in json.loads(client.get(assets.url("precache.json"), buffered=True).text)["urls"]
    assert "whatever" not in page


def test_the_screen_shows_codes_of_its_own_clock(now):
    assert windows.window_at(clock.now()) == int(now.timestamp()) // 30
