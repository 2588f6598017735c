"""Who works there, as the employer sees it; either side ends it; who looked stands in everybody's protocol."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.employers.models import Employment
from app.privacy import operations as privacy
from app.privacy import queries as own
from tests import factories

PAGE = "/arbeitgeber/acme/leute"


@pytest.fixture
def row(db, cast):
    def read(key="ben", role="member"):
        db.session.rollback()
        which = (Employment.person_id == cast[key], Employment.role == role)
        return db.session.scalars(select(Employment).where(*which).execution_options(populate_existing=True)).one()

    return read


def test_the_page_says_who_since_when_and_on_which_cost_centre(ana):
    page = ana.get(PAGE).text
    for words in ("Ben Beispiel", "ben@beispiel.example", "4711", "1. Januar 2026", "1 Person"):
        assert words in page
    assert "Ana Beispiel" not in page, "who only acts for an employer does not work there"


def test_people_are_searched_and_turned_over(ana, acme):
    for number, person_id in enumerate(factories.make_people(102)):
        factories.make_employment(acme, person_id, email=f"n{number}@acme.example")
    assert "103 Personen" in ana.get(PAGE).text
    assert ana.get(f"{PAGE}?ab=100").text.count('<th scope="row">') == 3
    assert ana.get(f"{PAGE}?suche=4711").text.count('<th scope="row">') == 1
    assert ana.get(f"{PAGE}?suche=N101@").text.count('<th scope="row">') == 1
    assert "Niemand passt dazu" in ana.get(f"{PAGE}?suche=%25").text
    assert ana.get(f"{PAGE}?ab=x&suche=%00").status_code == 200


def test_nobody_yet(ana, db):
    db.session.query(Employment).filter_by(role="member").delete()
    db.session.commit()
    assert "Noch ist niemand dabei." in ana.get(PAGE).text


def test_a_cost_centre_is_changed_and_the_person_reads_it(ana, ben, row):
    page = f"{PAGE}/{row().id}"
    assert ana.submit(page, {"cost_centre": "0815"}).location == page
    assert (row().cost_centre, "0815" in ben.get("/arbeitgeber").text) == ("0815", True)
    assert "eine Kostenstelle geändert" in ben.get("/profil/protokoll").text
    assert ana.submit(page, {"cost_centre": "x" * 41}).status_code == 422
    ana.submit(page, {"cost_centre": ""})
    assert row().cost_centre is None


def test_the_employer_ends_it_and_the_person_is_told(ana, ben, row, mails, acts, now):
    number = row().id
    assert "wird euch berechnet" in ana.get(f"{PAGE}/{number}").text, "what follows is said before"
    assert ana.submit(f"{PAGE}/{number}/beenden").location == PAGE
    assert (row().ends_on, [to for to, _ in mails("employment_ended")]) == (now.date(), ["ben@beispiel.example"])
    assert "Ben Beispiel" not in ana.get(PAGE).text
    assert "Hier bist du dabei" not in ben.get("/arbeitgeber").text
    assert ben.get("/profil").status_code == 200, "the account stays"
    assert ("end_employment", "acme") in acts()
    assert ana.submit(f"{PAGE}/{number}/beenden").status_code == 404


def test_the_person_ends_it(ana, ben, row, acts, now):
    assert ben.submit("/arbeitgeber/acme/verlassen").location == "/arbeitgeber"
    assert row().ends_on == now.date()
    assert "Ben Beispiel" not in ana.get(PAGE).text
    assert ("leave_employer", "acme") in acts()
    assert "Ben Beispiel hat einen Arbeitgeber verlassen." in ana.get("/profil/protokoll").text
    assert ben.submit("/arbeitgeber/acme/verlassen").status_code == 404


def test_who_left_can_come_back_the_same_day(ana, ben, mails, db, cast):
    ben.submit("/arbeitgeber/acme/verlassen")
    ana.submit("/arbeitgeber/acme/einladen", {"email": "ben@beispiel.example"})
    path = mails("employment_offered")[-1][1]["path"]
    assert ben.submit(path, {"email": "ben@beispiel.example"}).status_code == 303
    db.session.rollback()
    rows = db.session.scalars(select(Employment).where(Employment.person_id == cast["ben"])).all()
    assert sorted(row.ends_on is None for row in rows) == [False, True]


def test_somebody_elses_people_are_not_touched(ana, cast, row):
    other = factories.make_employer("Anders", cast["cleo"], slug="anders")
    number = row("cleo").id
    assert other.id != 1
    assert ana.get(f"{PAGE}/{number}").status_code == 404
    assert ana.submit(f"{PAGE}/{number}", {"cost_centre": "x"}).status_code == 404
    assert ana.submit(f"{PAGE}/{number}/beenden").status_code == 404
    assert row("cleo").ends_on is None


def test_who_looked_is_told_to_everybody_once_a_day(ana, ben, cleo, acts):
    for _ in range(3):
        ana.get(PAGE)
    assert acts() == [("view_members", "acme")]
    assert "Ana Beispiel hat nachgesehen, wer bei einem Arbeitgeber dabei ist." in ben.get("/profil/protokoll").text
    assert "nachgesehen" not in cleo.get("/profil/protokoll").text


def test_who_looked_stays_told_when_the_employment_is_over(ana, ben, row, as_, now):
    ana.get(PAGE)
    ana.submit(f"{PAGE}/{row().id}/beenden")
    for days, is_told in ((0, True), (200, True), (365, True), (367, False)):
        at = now.replace(hour=3) + timedelta(days=days)
        with time_machine.travel(at, tick=False):
            privacy.retain(now=at)
            page = as_("ben").get("/profil/protokoll").text
        assert ("nachgesehen, wer bei einem Arbeitgeber dabei ist" in page) is is_told, days


def test_who_looks_before_or_after_somebody_works_there_concerns_others(ana, acme, as_, cast, now):
    day = timedelta(days=1)
    factories.make_employment(acme, cast["hana"], starts_on=now.date() - 9 * day, ends_on=now.date() - day)
    factories.make_employment(acme, cast["hugo"], starts_on=now.date() + day)
    ana.get(PAGE)
    with time_machine.travel(now + 2 * day, tick=False):
        assert "nachgesehen" not in as_("hugo").get("/profil/protokoll").text
        assert "nachgesehen" not in as_("hana").get("/profil/protokoll").text


def test_an_agent_reads_what_others_did_for_the_employer(ana, as_, acme, cast):
    factories.make_employment(acme, cast["cleo"], role="agent")
    ana.submit("/arbeitgeber/acme/einladen", {"email": "neu@acme.example"})
    assert "Ana Beispiel hat Leute eingeladen." in as_("cleo").get("/profil/protokoll").text


def test_my_data_names_the_employer(ben, cast):
    found = own.everything_about(cast["ben"])
    assert [(row["employer"], row["email"]) for row in found["employments"]] == [("Acme", "ben@beispiel.example")]


def test_whoever_erases_the_account_is_gone_from_the_employer_too(ana, acme, cast, row, db, now):
    ana.submit("/arbeitgeber/acme/einladen", {"email": "cleo@beispiel.example"})
    privacy.erase(person_id=cast["ben"], now=now)
    privacy.erase(person_id=cast["cleo"], now=now)
    page = ana.get(PAGE).text + ana.get("/arbeitgeber/acme/einladen").text
    assert "ben@beispiel.example" not in page
    assert "cleo@beispiel.example" not in page


def test_of_an_employment_that_ended_the_address_goes_first(ben, db, row, cast, now):
    ben.submit("/arbeitgeber/acme/verlassen")
    for days, left in ((180, ("ben@beispiel.example", "4711")), (181, (None, None))):
        privacy.retain(now=now.replace(hour=3) + timedelta(days=days))
        db.session.rollback()
        assert (row().email, row().cost_centre) == left
    assert row("ana", "agent").ends_on is None


def test_an_employment_that_ended_is_forgotten_when_no_protocol_needs_it(ben, db, row, now):
    ben.submit("/arbeitgeber/acme/verlassen")
    for days, left in ((456, 2), (457, 1)):
        privacy.retain(now=now.replace(hour=3) + timedelta(days=days))
        db.session.rollback()
        assert len(db.session.scalars(select(Employment)).all()) == left
