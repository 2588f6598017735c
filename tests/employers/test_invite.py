"""One address, a link for many, everybody under the domain: asked, accepted, declined, withdrawn, over."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from sqlalchemy import select

from app.employers import operations, queries
from app.employers.models import Employment, Invitation
from app.errors import DomainError
from app.extensions import db as database
from app.people import steps as people
from app.privacy import operations as privacy
from tests import factories

PAGE = "/arbeitgeber/acme/einladen"
CLEO = {"email": "Cleo@beispiel.example", "cost_centre": " 47 11 "}


@pytest.fixture
def path(mails):
    """Return where the newest invitation mail leads."""
    return lambda: mails("employment_offered")[-1][1]["path"]


@pytest.fixture
def jobs(db, cast):
    def read(key):
        db.session.rollback()
        rows = db.session.scalars(select(Employment).where(Employment.person_id == cast[key]))
        return [(row.role, row.email, row.cost_centre, row.ends_on) for row in rows]

    return read


def _invitations(db):
    db.session.rollback()
    return db.session.scalars(select(Invitation).execution_options(populate_existing=True)).all()


def _link(answer):
    return re.search(r'value="http://localhost(/arbeitgeber/einladung/[\w-]+)"', answer.text)[1]


def test_somebody_is_asked_by_mail_sees_what_the_employer_sees_and_accepts(ana, cleo, mails, path, jobs, acts, db):
    assert ana.submit(PAGE, CLEO).location == PAGE
    ((to, payload),) = mails("employment_offered")
    assert (to, payload["name"], payload["date"]) == ("cleo@beispiel.example", "Cleo Beispiel", "2026-12-23")
    assert "cleo@beispiel.example" in ana.get(PAGE).text
    page = cleo.get(path())
    assert "Das sieht Acme nicht" in page.text
    assert "an welchem Tag und wo du arbeitest" in page.text
    assert cleo.submit(path(), {"do": "accept", "email": "cleo@beispiel.example"}).location == "/arbeitgeber"
    assert jobs("cleo") == [("member", "cleo@beispiel.example", "47 11", None)]
    (row,) = _invitations(db)
    assert (row.email, row.used, row.ended_at is None) == (None, 1, False), "the address goes when it is used"
    assert [action for action, _ in acts()] == ["invite_people", "accept_invitation"]
    assert "Hier bist du dabei" in cleo.get("/arbeitgeber").text


def test_the_secret_of_a_link_is_stored_nowhere_but_in_the_mail(ana, path, db):
    ana.submit(PAGE, CLEO)
    token = path().rpartition("/")[2]
    assert [token in str(vars(row)) for row in _invitations(db)] == [False]


def test_who_has_the_address_needs_no_mail(ana, cleo, jobs, db):
    ana.submit(PAGE, CLEO)
    (row,) = _invitations(db)
    assert "Acme lädt dich ein" in cleo.get("/arbeitgeber").text
    form = {"invitation": str(row.id), "do": "accept", "email": "cleo@beispiel.example"}
    assert cleo.submit("/arbeitgeber/beitreten", form).status_code == 303
    assert len(jobs("cleo")) == 1


@pytest.mark.parametrize("typed", ["", "0", "1", "x", "9" * 30, "²"])
def test_nobody_answers_an_invitation_to_somebody_else(ana, ben, hugo, jobs, typed):
    ana.submit(PAGE, {"email": "cleo@beispiel.example"})
    answer = hugo.submit("/arbeitgeber/beitreten", {"invitation": typed, "email": "hugo@beispiel.example"})
    assert (answer.status_code, "gilt nicht mehr" in answer.text, jobs("hugo")) == (404, True, [])


@pytest.fixture
def hugo(acme, as_):
    return as_("hugo")


def test_an_invitation_is_declined_and_its_address_goes(ana, cleo, path, jobs, db):
    ana.submit(PAGE, CLEO)
    where = path()
    assert cleo.submit(where, {"do": "decline"}).status_code == 303
    (row,) = _invitations(db)
    assert (row.email, jobs("cleo")) == (None, [])
    gone = cleo.get(where)
    assert (gone.status_code, "gilt nicht mehr" in gone.text) == (404, True)
    assert "cleo@beispiel.example" not in ana.get(PAGE).text
    assert ana.submit(PAGE, CLEO).status_code == 303, "who declined by mistake can be asked again"


def test_whose_link_it_is_and_whose_cost_centre_is_said(ana, as_, path, jobs):
    ana.submit(PAGE, CLEO)
    page = as_("hugo").get(path()).text
    assert "Wer ihn öffnet, kann an deiner Stelle annehmen" in page
    assert "die Kostenstelle, die Acme für dich eingetragen hat" in page
    as_("hugo").submit(path(), {"email": "hugo@beispiel.example"})
    assert jobs("hugo") == [("member", "hugo@beispiel.example", "47 11", None)]
    assert "gilt für die Person, die annimmt" in ana.get(PAGE).text


def test_the_link_of_an_accepted_invitation_says_that_one_is_there_already(ana, cleo, as_, path, jobs, db, now):
    ana.submit(PAGE, CLEO)
    where, form = path(), {"do": "accept", "email": "cleo@beispiel.example"}
    cleo.submit(where, form)
    privacy.retain(now=now + timedelta(days=1))
    again = cleo.get(where)
    assert (again.status_code, "Du bist schon dabei" in again.text) == (200, True)
    for do in ("accept", "decline"):
        answer = cleo.submit(where, form | {"do": do})
        assert (answer.status_code, "Du bist schon dabei" in answer.text) == (409, True)
    assert len(jobs("cleo")) == 1
    assert as_("hugo").get(where).status_code == 404
    cleo.submit("/arbeitgeber/acme/verlassen")
    assert cleo.get(where).status_code == 404, "used up is used up"
    privacy.retain(now=now + timedelta(days=30))
    assert _invitations(db) == [], "and it goes when it would have expired"


def test_only_an_own_address_can_be_shown(ana, cleo, path, wrong, jobs):
    ana.submit(PAGE, CLEO)
    answer = cleo.submit(path(), {"do": "accept", "email": "ben@beispiel.example"})
    assert (answer.status_code, bool(wrong(answer, "email")), jobs("cleo")) == (422, True, [])


def test_a_private_account_may_accept_and_choose_what_is_shown(ana, cleo, path, cast, db, now, jobs):
    people.add_address(cast["cleo"], "c@acme.example", now=now)
    db.session.commit()
    ana.submit(PAGE, {"email": "c@acme.example"})
    assert '<option value="c@acme.example" selected>' in cleo.get(path()).text
    cleo.submit(path(), {"do": "accept", "email": "c@acme.example"})
    assert jobs("cleo")[0][1] == "c@acme.example"
    assert "cleo@beispiel.example" not in ana.get("/arbeitgeber/acme/leute").text


def test_a_stranger_signs_in_first_and_comes_back(ana, client, path):
    ana.submit(PAGE, CLEO)
    assert client.get(path()).location.startswith("/anmelden?next=%2Farbeitgeber%2Feinladung%2F")


@pytest.mark.parametrize(("typed", "sentence"), [("", "Schreib bitte"), ("cleo", "keine E-Mail"), ("a@b", "keine E")])
def test_what_is_no_address_comes_back(ana, wrong, acts, typed, sentence):
    answer = ana.submit(PAGE, {"email": typed, "cost_centre": "Bleibt stehen"})
    assert (answer.status_code, sentence in wrong(answer, "email"), acts()) == (422, True, [])
    assert "Bleibt stehen" in answer.text


def test_nobody_is_invited_twice(ana, mails):
    ana.submit(PAGE, CLEO)
    again = ana.submit(PAGE, CLEO)
    assert (again.status_code, "schon eingeladen" in again.text) == (409, True)
    works = ana.submit(PAGE, {"email": "ben@beispiel.example"})
    assert (works.status_code, "schon jemand dabei" in works.text) == (409, True)
    assert len(mails("employment_offered")) == 1


def test_other_addresses_of_members_are_told_to_nobody(ana, cast, db, now):
    people.add_address(cast["ben"], "ben@privat.example", now=now)
    db.session.commit()
    assert ana.submit(PAGE, {"email": "ben@privat.example"}).status_code == 303


def test_after_30_days_an_invitation_is_over_and_the_night_takes_it(ana, cleo, path, db, now, as_):
    ana.submit(PAGE, CLEO)
    where, later = path(), now + timedelta(days=30)
    with time_machine.travel(later - timedelta(seconds=1), tick=False):
        assert as_("cleo").get(where).status_code == 200
    with time_machine.travel(later, tick=False):
        assert as_("cleo").get(where).status_code == 404
        assert as_("ana").submit(PAGE, CLEO).status_code == 303
        assert len(_invitations(db)) == 1, "the new one takes the place of the old one"
    privacy.retain(now=later + timedelta(days=30))
    assert _invitations(db) == []


def test_an_invitation_is_withdrawn(ana, cleo, path, db, acts):
    ana.submit(PAGE, CLEO)
    (row,) = _invitations(db)
    assert ana.submit(f"/arbeitgeber/acme/einladungen/{row.id}/zurueckziehen").location == PAGE
    assert cleo.get(path()).status_code == 404
    assert ana.submit(f"/arbeitgeber/acme/einladungen/{row.id}/zurueckziehen").status_code == 404
    assert acts()[-1] == ("withdraw_invitation", "acme")


def test_somebody_elses_invitation_is_not_withdrawn(ana, cleo, cast, db):
    ana.submit(PAGE, {"email": "neu@acme.example"})
    (row,) = _invitations(db)
    factories.make_employment(factories.make_employer("Anders", slug="anders"), cast["cleo"], role="agent")
    assert cleo.submit(f"/arbeitgeber/anders/einladungen/{row.id}/zurueckziehen").status_code == 404


def test_a_link_is_shown_once_and_used_by_as_many_as_it_says(ana, cleo, hugo, jobs, db):
    answer = ana.submit(f"{PAGE}/link", {"most": "1", "days": "14"})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    where = _link(answer)
    assert where.rpartition("/")[2] not in ana.get(PAGE).text
    assert cleo.submit(where, {"email": "cleo@beispiel.example"}).status_code == 303
    assert hugo.submit(where, {"email": "hugo@beispiel.example"}).status_code == 404
    assert (len(jobs("cleo")), jobs("hugo")) == (1, [])


def test_a_link_ends_on_its_day_and_declining_it_leaves_it_to_others(ana, as_, now):
    where = _link(ana.submit(f"{PAGE}/link", {"most": "2", "days": "1"}))
    cleo = as_("cleo")
    cleo.submit(where, {"do": "decline"})
    assert cleo.get(where).status_code == 200
    with time_machine.travel(now + timedelta(days=1), tick=False):
        assert as_("cleo").get(where).status_code == 404


@pytest.mark.parametrize(
    ("field", "typed"), [("most", ""), ("most", "0"), ("most", "10001"), ("days", "91"), ("days", "x"), ("days", "-1")]
)
def test_a_link_has_a_limit_and_an_end(ana, wrong, db, field, typed):
    answer = ana.submit(f"{PAGE}/link", {"most": "5", "days": "14", field: typed})
    assert (answer.status_code, bool(wrong(answer, field)), _invitations(db)) == (422, True, [])


def test_who_is_there_already_is_told_so(ana, ben, jobs):
    where = _link(ana.submit(f"{PAGE}/link", {"most": "5", "days": "14"}))
    assert "Du bist schon dabei" in ben.get(where).text
    answer = ben.submit(where, {"email": "ben@beispiel.example"})
    assert (answer.status_code, len(jobs("ben"))) == (409, 1)


def test_everybody_under_the_domain_is_asked_and_nobody_else(ana, cleo, hugo, cast, db, now, jobs):
    people.add_address(cast["cleo"], "cleo@acme.example", now=now)
    people.add_address(cast["hugo"], "hugo@nacme.example", now=now)
    db.session.commit()
    assert ana.submit(f"{PAGE}/domain", {"domain_days": "30"}).location == PAGE
    (row,) = _invitations(db)
    assert "@acme.example" in cleo.get("/arbeitgeber").text
    assert "lädt dich ein" not in hugo.get("/arbeitgeber").text
    form = {"invitation": str(row.id), "do": "accept", "email": "cleo@acme.example"}
    assert cleo.submit("/arbeitgeber/beitreten", form).status_code == 303
    assert hugo.submit("/arbeitgeber/beitreten", form | {"email": "hugo@nacme.example"}).status_code == 404
    assert (len(jobs("cleo")), jobs("hugo")) == (1, [])
    assert "angenommen: 1" in ana.get(PAGE).text
    assert "lädt dich ein" not in cleo.get("/arbeitgeber").text


def test_opening_the_domain_again_replaces_what_was_open(ana, db, wrong):
    for days in ("30", "7"):
        ana.submit(f"{PAGE}/domain", {"domain_days": days})
    assert [row.ended_at is None for row in sorted(_invitations(db), key=lambda row: row.id)] == [False, True]
    answer = ana.submit(f"{PAGE}/domain", {"domain_days": "91"})
    assert (answer.status_code, bool(wrong(answer, "domain_days"))) == (422, True)


def test_without_a_domain_there_is_nobody_to_open_it_to(acme, as_, db, now):
    acme.domain, acme.domain_proved_at, acme.vouched_at = None, None, now
    db.session.add(acme)
    db.session.commit()
    answer = as_("ana").submit(f"{PAGE}/domain", {"domain_days": "7"})
    assert (answer.status_code, "welche Domain eure ist" in answer.text) == (409, True)


def test_one_address_is_asked_once_for_the_domain_and_for_itself(ana, cleo, cast, db, now):
    people.add_address(cast["cleo"], "cleo@acme.example", now=now)
    db.session.commit()
    ana.submit(f"{PAGE}/domain", {"domain_days": "30"})
    ana.submit(PAGE, {"email": "cleo@acme.example"})
    page = cleo.get("/arbeitgeber").text
    assert (page.count("lädt dich ein"), "Ablehnen" in page) == (1, True)


def test_an_employer_that_ended_invites_nobody(ana, cleo, path, acme, db, now):
    ana.submit(PAGE, CLEO)
    acme.ended_at = now
    db.session.add(acme)
    db.session.commit()
    assert cleo.get(path()).status_code == 404


@pytest.mark.concurrency
def test_the_last_use_of_a_link_is_given_once(app, ana, cast, db, now):
    token = _link(ana.submit(f"{PAGE}/link", {"most": "1", "days": "14"})).rpartition("/")[2]
    db.session.rollback()
    barrier, refused = Barrier(3), []

    def accept(key):
        with app.app_context():
            barrier.wait()
            try:
                who, email = cast[key], f"{key}@beispiel.example"
                operations.accept_invitation(person_id=who, key=operations.Key(token=token), email=email, now=now)
            except DomainError as error:
                refused.append(error.code)
            database.session.remove()

    threads = [Thread(target=accept, args=(key,)) for key in ("cleo", "hugo", "hana")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["invitation_over"] * 2
    acme = db.session.scalar(select(Invitation.employer_id))
    assert queries.count_members(acme, on=now.date()) == 2, "Ben and one of the three"


def test_open_invitations_are_turned_over_page_by_page(ana, db):
    for number in range(103):
        db.session.add(_row(number, db))
    db.session.commit()
    first, second = ana.get(PAGE), ana.get(f"{PAGE}?ab=100")
    assert [page.text.count("@viele.example</th>") for page in (first, second)] == [100, 3]
    assert ana.get(f"{PAGE}?ab=-1").status_code == ana.get(f"{PAGE}?ab={10**30}").status_code == 200


def _row(number, db):
    facts = {"kind": "address", "role": "member", "most": 1, "used": 0, "made_at": factories.MADE_AT}
    facts |= {"email": f"p{number}@viele.example", "expires_at": factories.MADE_AT + timedelta(days=60)}
    return Invitation(employer_id=1, token_digest=f"{number:064}", **facts)
