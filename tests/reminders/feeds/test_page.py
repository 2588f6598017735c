"""The page of the calendar link: made, shown, replaced, ended; by its person only."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from app import transaction
from app.people import queries as people
from app.people.steps import add_address
from app.reminders import operations, queries, steps

PAGE = "/profil/kalender"


def _page(client):
    return BeautifulSoup(client.get(PAGE).data, "html.parser")


def _link(client):
    field = _page(client).select_one("#link")
    return field and field["value"]


def _send(client, number=0):
    """Send one of the page's forms, as it stands there."""
    form = _page(client).select("main form")[number]
    hidden = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    return client.post(form["action"], data=hidden, follow_redirects=True)


@pytest.fixture
def ana(as_):
    return as_("ana")


def test_the_profile_leads_to_it(ana):
    page = BeautifulSoup(ana.get("/profil").data, "html.parser")
    assert page.select_one(f"main a[href='{PAGE}']") is not None


def test_at_first_there_is_none(ana):
    assert _link(ana) is None
    assert "Noch hast du keinen Link" in _page(ana).text


def test_it_is_made_shown_again_and_read(ana, client):
    answer = _send(ana)
    assert "Dein Kalender-Link ist da." in answer.text
    link = _link(ana)
    assert link.startswith("http://localhost/kalender/")
    assert link == _link(ana)
    assert _page(ana).select_one(f"a[href='webcal{link.removeprefix('http')}']") is not None
    assert "Noch hat ihn kein Kalender abgerufen." in _page(ana).text
    assert client.get(link.removeprefix("http://localhost")).status_code == 200
    assert "Zuletzt abgerufen am Montag, 23. November 2026." in _page(ana).text


def test_a_new_one_ends_the_old_one(ana, client):
    _send(ana)
    old = _link(ana)
    assert "Der alte gilt nicht mehr." in _send(ana).text
    new = _link(ana)
    assert new != old
    assert [client.get(each.removeprefix("http://localhost")).status_code for each in (old, new)] == [404, 200]


def test_it_is_switched_off(ana, client):
    _send(ana)
    link = _link(ana)
    assert "abgeschaltet" in _send(ana, 1).text
    assert _link(ana) is None
    assert client.get(link.removeprefix("http://localhost")).status_code == 404
    assert ana.submit(f"{PAGE}/beenden").status_code == 303, "twice is once"


def test_it_says_who_may_see_it_and_what_else_ends_it(ana):
    _send(ana)
    text = _page(ana).text
    periods = f"{steps.UNREAD_KEPT.days} Tage lang kein", f"von vor {queries.DAYS_BACK} Tagen"
    for words in ("auch dein Arbeitgeber sehen", "Per URL", "etwa einmal am Tag", "überall abmeldest", *periods):
        assert words in text


def test_of_a_key_that_is_gone_it_says_what_to_do(ana, cast, now):
    operations.make_feed(person_id=cast["ana"], secret="the key before", now=now)
    page = _page(ana)
    assert page.select_one("#link") is None
    assert "Mach einen neuen und trag ihn in deinem Kalender ein." in page.text
    _send(ana)
    assert _link(ana) is not None


def test_strangers_are_asked_to_sign_in(client):
    assert client.get(PAGE).location == "/anmelden?next=%2Fprofil%2Fkalender"
    for path in (PAGE, f"{PAGE}/beenden"):
        assert client.submit(path).location.startswith("/anmelden?")


def test_a_form_without_its_token_changes_nothing(ana):
    assert ana.post(PAGE).status_code == 400
    assert _link(ana) is None
    _send(ana)
    assert ana.post(f"{PAGE}/beenden").status_code == 400
    assert _link(ana) is not None


def test_giving_up_an_address_and_leaving_everywhere_say_what_ended(ana, cast, db, now):
    transaction.write(add_address)(cast["ana"], "ana2@beispiel.example", now=now)
    _send(ana)
    old = people.addresses(cast["ana"])[0]
    db.session.rollback()
    data = {"id": str(old.id)}
    assert ana.submit("/profil/adressen/loeschen", data).status_code == 303
    assert "Auch dein Kalender-Link gilt nicht mehr." in ana.get("/profil").text
    _send(ana)
    ana.submit("/profil/ueberall-abmelden")
    assert "Auch dein Kalender-Link gilt nicht mehr." in ana.get("/").text
