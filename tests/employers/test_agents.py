"""Several people act for an employer; the last one cannot go."""

from __future__ import annotations

import re
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from app.employers import operations, queries
from app.employers.models import Employment
from app.errors import DomainError
from app.extensions import db as database
from app.people.models import Person
from app.privacy import operations as privacy
from tests import factories

PAGE = "/arbeitgeber/acme/vertretung"
CLEO = {"email": " Cleo@beispiel.example "}


@pytest.fixture
def number(db, acme):
    def find(person_id):
        db.session.rollback()
        rows = queries.agents(acme.id, on=queries.today(factories.MADE_AT.replace(day=23)))
        return next(each.id for each in rows if each.person_id == person_id)

    return find


def test_somebody_is_named_told_and_sees_the_pages(ana, as_, mails, acts, db, cast):
    assert ana.submit(PAGE, CLEO).location == PAGE
    assert [(to, payload["how"]) for to, payload in mails("agent_named")] == [("cleo@beispiel.example", "named")]
    cleo = as_("cleo")
    assert cleo.get(PAGE).status_code == 200
    assert cleo.get("/gastgeber").location == "/arbeitgeber"
    assert db.session.scalar(select(Person.acts_for_others).where(Person.id == cast["cleo"]))
    again = ana.submit(PAGE, CLEO)
    assert (again.status_code, "handelt hier schon" in again.text) == (409, True)
    assert acts() == [("name_agent", "acme")]


def test_an_unknown_address_becomes_a_person(ana):
    ana.submit(PAGE, {"email": "neu@acme.example"})
    assert "war noch nicht hier" in ana.get(PAGE).text


@pytest.mark.parametrize("typed", ["", "cleo", "a@b"])
def test_what_is_no_address_comes_back(ana, wrong, acts, typed):
    answer = ana.submit(PAGE, {"email": typed})
    assert (answer.status_code, bool(wrong(answer, "email")), acts()) == (422, True, [])


def test_somebody_is_taken_away_and_the_night_gives_long_sessions_back(ana, as_, mails, number, cast, db, now):
    ana.submit(PAGE, CLEO)
    assert ana.submit(f"{PAGE}/{number(cast['cleo'])}/entfernen").status_code == 303
    assert as_("cleo").get(PAGE).status_code == 404
    assert [payload["how"] for _, payload in mails("agent_named")] == ["named", "removed"]
    privacy.retain(now=now)
    acting = db.session.execute(select(Person.id).where(Person.acts_for_others)).scalars().all()
    assert acting == [cast["ana"]]


def test_the_last_one_cannot_leave(ana, number, cast, acts):
    assert "Selbst aufhören" not in ana.get(PAGE).text
    answer = ana.submit(f"{PAGE}/{number(cast['ana'])}/entfernen")
    assert (answer.status_code, "Nenn zuerst jemanden" in answer.text, acts()) == (409, True, [])


def test_who_leaves_by_choice_goes_to_what_is_left(ana, number, cast):
    ana.submit(PAGE, CLEO)
    assert ana.submit(f"{PAGE}/{number(cast['ana'])}/entfernen").location == "/arbeitgeber"
    assert ana.get(PAGE).status_code == 404


def test_an_employer_is_handed_over(ana, as_, acts):
    assert ana.submit("/arbeitgeber/acme/uebergeben", {"successor": CLEO["email"]}).location == "/arbeitgeber"
    assert ana.get(PAGE).status_code == 404
    assert as_("cleo").get(PAGE).status_code == 200
    assert [action for action, _ in acts()] == ["name_agent", "remove_agent"]


def test_handing_over_to_somebody_who_acts_already_is_leaving(ana, mails):
    ana.submit(PAGE, CLEO)
    assert ana.submit("/arbeitgeber/acme/uebergeben", {"successor": CLEO["email"]}).location == "/arbeitgeber"
    assert len(mails("agent_named")) == 1


def test_nobody_hands_over_to_themselves(ana, wrong, acts):
    answer = ana.submit("/arbeitgeber/acme/uebergeben", {"successor": "ana@beispiel.example"})
    assert (answer.status_code, "deine eigene Adresse" in wrong(answer, "successor"), acts()) == (422, True, [])


def test_somebody_elses_agent_is_not_removed(ana, cleo, cast):
    other = factories.make_employer("Anders", slug="anders")
    row = factories.make_employment(other, cast["cleo"], role="agent")
    assert ana.submit(f"{PAGE}/{row.id}/entfernen").status_code == 404


@pytest.mark.concurrency
def test_two_do_not_remove_each_other_at_once(app, acme, cast, db, now):
    factories.make_employment(acme, cast["cleo"], role="agent")
    numbers = {each.person_id: each.id for each in queries.agents(acme.id, on=now.date())}
    db.session.rollback()
    barrier, refused = Barrier(2), []

    def remove(me, other):
        with app.app_context():
            barrier.wait()
            try:
                operations.remove_agent(slug="acme", person_id=me, agent_id=numbers[other], now=now)
            except DomainError as error:
                refused.append(error.code)
            database.session.remove()

    pairs = ((cast["ana"], cast["cleo"]), (cast["cleo"], cast["ana"]))
    threads = [Thread(target=remove, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(queries.agents(acme.id, on=now.date())) == 1
    assert refused == ["not_found"]


def test_handing_over_is_asked_once_more(ana):
    form = re.search(r'<form[^>]*action="/arbeitgeber/acme/uebergeben".*?</form>', ana.get(PAGE).text, re.DOTALL)[0]
    assert form.index("<button") < form.index("disabled") < form.index('<details class="ask">')


def test_an_employment_that_ended_lets_nobody_act(ana, db, cast, acme, now):
    db.session.query(Employment).filter_by(person_id=cast["ana"], role="agent").update({"ends_on": now.date()})
    db.session.commit()
    assert ana.get(PAGE).status_code == 404
