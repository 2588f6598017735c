"""The audit as people read it: what they did, what was done to them, what happened at their spaces."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from app.audit.models import AuditEntry
from app.bookings import operations as bookings
from app.bookings.queries import Closing
from app.funding.models import ProgrammePerson
from app.people.models import Person
from app.privacy.sentences import ACTIONS
from tests import factories
from tests.conftest import ROOT

PAGE = "/profil/protokoll"


@pytest.fixture
def wagen(cast):
    operator = factories.make_operator("Wagen eG", "wagen-eg")
    space = factories.make_space("wagen", operator_id=operator.id)
    factories.make_host(cast["hana"], operator_id=operator.id)
    factories.make_space("anderswo")
    factories.make_host(cast["hugo"], space_id=factories.make_space("fern").id)
    return space


@pytest.fixture
def note(db, now):
    def note(actor, action, subject, *, at=now, **detail):
        row = {"at": at, "actor": actor, "action": action, "detail": detail}
        row |= {"subject_kind": subject[0], "subject_id": str(subject[1])}
        db.session.execute(insert(AuditEntry).values(row))
        db.session.commit()

    return note


@pytest.fixture
def public(db, cast):
    rows = dict(db.session.execute(select(Person.id, Person.public_id)).all())
    db.session.rollback()
    return {key: str(rows[number]) for key, number in cast.items()}


def _lines(page):
    found = re.findall(r"<li><span class=\"grow\"><span>(.*?)</li>", page.text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in found]


def test_hosts_read_what_happened_at_their_space_and_nobody_else_does(as_, wagen, note, public):
    note(public["hana"], "change_hours", ("space", "wagen"))
    note("shell", "new_sign", ("space", "wagen"))
    note(public["hugo"], "change_prices", ("space", "fern"))
    note(public["hana"], "change_operator", ("operator", "wagen-eg"), fields=["iban"])
    assert _lines(as_("hana").get(PAGE)) == [
        "Du hast Angaben zum Betreiber geändert. Wagen eG Mo., 23. Nov., 08:00",
        "Der Betrieb von Nahplatz hat ein neues Schild gemacht. Wagen Mo., 23. Nov., 08:00",
        "Du hast Öffnungszeiten geändert. Wagen Mo., 23. Nov., 08:00",
    ]
    assert _lines(as_("hugo").get(PAGE)) == ["Du hast Preise geändert. Fern Mo., 23. Nov., 08:00"]
    assert _lines(as_("ana").get(PAGE)) == []


def test_whoever_it_was_done_to_reads_who_did_it(as_, wagen, note, public, cast):
    note(public["kari"], "ask_back", ("space", "anderswo"), person=cast["ana"], text="Wo?")
    note(public["ben"], "remove_host", ("space", "anderswo"), person=cast["ben"])
    assert _lines(as_("ana").get(PAGE)) == [
        "Kari Beispiel hat zu einem Angebot nachgefragt. Anderswo, betrifft: dich Mo., 23. Nov., 08:00"
    ]
    assert _lines(as_("ben").get(PAGE))[0].startswith("Du hast jemanden als Gastgeber abgelöst. Anderswo Mo.")


def test_people_who_are_gone_have_no_name(as_, wagen, note, cast):
    note("0b6fa3f5-0000-4000-8000-000000000000", "name_host", ("space", "wagen"), person=99_999)
    line = _lines(as_("hana").get(PAGE))[0]
    assert line.startswith("Jemand, den es hier nicht mehr gibt, hat jemanden als Gastgeber benannt.")
    assert "betrifft: jemanden ohne Namen" in line


def test_what_was_told_later_stands_at_its_time_with_its_year(as_, wagen, note, public, now):
    note(public["hana"], "change_hours", ("space", "wagen"))
    note(public["hana"], "change_prices", ("space", "wagen"), at=now - timedelta(days=330))
    assert [line.partition("Wagen ")[2] for line in _lines(as_("hana").get(PAGE))] == [
        "Mo., 23. Nov., 08:00",
        "So., 28. Dez. 2025, 08:00",
    ]


def test_it_is_turned_over_page_by_page(as_, wagen, note, public):
    for number in range(60):
        note(public["hana"], "change_seat" if number < 10 else "add_photo", ("space", "wagen"))
    hana = as_("hana")
    first = hana.get(PAGE)
    assert (len(_lines(first)), f"{PAGE}?ab=50" in first.text) == (50, True)
    assert ["einen Platz geändert" in line for line in _lines(hana.get(f"{PAGE}?ab=50"))] == [True] * 10
    assert hana.get(f"{PAGE}?ab=-5").status_code == 200
    assert hana.get(f"{PAGE}?ab=9999999999999999999999").status_code == 200


def test_what_a_host_really_does_stands_there(as_, wagen):
    hana = as_("hana")
    hana.submit("/gastgeber/wagen/preise", {"half_day": "9", "half_hour": ""})
    hana.submit("/gastgeber/wagen/personen", {"email": "ben@beispiel.example"})
    assert "Du hast Preise geändert. Wagen" in _lines(hana.get(PAGE))[1]
    ben = _lines(as_("ben").get(PAGE))
    assert ben[0].startswith("Hana Beispiel hat jemanden als Gastgeber benannt. Wagen, betrifft: dich")
    assert len(ben) == 2, "as host Ben reads what happened at the space before, too"


def test_whose_booking_ends_by_a_closure_reads_who_closed_and_the_host_no_names(as_, wagen, cast, public, db, now):
    order = bookings.Order(uuid.uuid4(), "wagen", now.date(), "day")
    bookings.book(order=order, person_id=cast["ana"], now=now)
    closing = Closing(wagen.id, now.date(), now.date(), "Heizung")
    bookings.close_days(closing=closing, present=lambda _: set(), actor=public["hana"], now=now)
    (line,) = _lines(as_("ana").get(PAGE))
    assert line.startswith("Hana Beispiel hat eine Buchung beendet, weil ein Ort oder Platz geschlossen wurde.")
    assert "Wagen" not in line, "where somebody was is not kept for twelve months"
    (line,) = _lines(as_("hana").get(PAGE))
    assert line.startswith("Du hast Tage geschlossen. Wagen")


def test_who_works_or_acts_for_an_employer_reads_what_became_of_its_quotas(as_, wagen, note, public, cast):
    acme = factories.make_employer("Acme", cast["ana"])
    factories.make_employment(acme, cast["hana"], role="agent")
    quota = factories.make_quota(acme, name="Nah am Zuhause")
    note(public["hana"], "change_quota", ("quota", quota.id))
    (line,) = _lines(as_("ana").get(PAGE))
    assert line.startswith("Hana Beispiel hat ein Kontingent geändert. Nah am Zuhause")
    assert _lines(as_("hana").get(PAGE))[0].startswith("Du hast ein Kontingent geändert. Nah am Zuhause")
    assert _lines(as_("ben").get(PAGE)) == []


def test_officers_and_those_invited_read_what_became_of_a_programme(as_, wagen, note, public, cast, db):
    factories.make_officer(cast["kari"])
    programme = factories.make_programme("herbst")
    db.session.add(ProgrammePerson(programme_id=programme.id, person_id=cast["ana"]))
    db.session.commit()
    note("worker", "freeze_programme", ("programme", "herbst"))
    for reader in ("kari", "ana"):
        (line,) = _lines(as_(reader).get(PAGE))
        assert line.startswith("Der Betrieb von Nahplatz hat die Summen eines Pilotprogramms festgeschrieben. Herbst")
    assert _lines(as_("ben").get(PAGE)) == []


def test_every_action_has_words():
    """Actions are written as `action="…"`, or passed to `write_down`, `_note`, `_record` and `_send`."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "app").glob("**/*.py")]
    pattern = r'(?:action="|write_down\(\w+, "|_(?:note|record|send)\([^)\n]*?")([a-z_]+)"'
    found = {action for text in texts for action in re.findall(pattern, text)}
    assert len(found) > 30
    assert found - set(ACTIONS) == set()
