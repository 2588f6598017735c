"""Registering an employer, being invited by the county, and proving the mail domain."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from sqlalchemy import select

from app.employers import operations
from app.employers.models import Employer, Employment, Invitation
from app.errors import DomainError
from app.extensions import db as database
from app.messages.models import Message
from app.people import steps as people
from app.people.models import Person
from tests import factories
from tests.employers.conftest import FACTS

INFO = {"email": "info@acme.example"}


@pytest.fixture
def registered(as_, db):
    cleo = as_("cleo")
    assert cleo.submit("/arbeitgeber/neu", FACTS).location == "/arbeitgeber/acme/domain"
    return cleo


def _code(mails):
    return mails("employer_code")[-1][1]["code"]


def _employer(db):
    db.session.rollback()
    return db.session.scalars(select(Employer).execution_options(populate_existing=True)).one()


def test_whoever_registers_an_employer_acts_for_it(registered, db, acts, cast):
    employer = _employer(db)
    assert (employer.legal_name, employer.vat_id, employer.leitweg_id) == ("Acme GmbH", "DE136695976", None)
    row = db.session.scalars(select(Employment)).one()
    assert (row.person_id, row.role, row.ends_on) == (cast["cleo"], "agent", None)
    assert db.session.scalar(select(Person.acts_for_others).where(Person.id == cast["cleo"]))
    assert acts() == [("register_employer", "acme")]
    assert "noch nicht bestätigt" in registered.get("/arbeitgeber").text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", " "),
        ("legal_name", ""),
        ("street", "x" * 121),
        ("plz", "4814"),
        ("town", ""),
        ("vat_id", "DE136695977"),
        ("leitweg_id", "05515-31002-16"),
        ("leitweg_id", "Rathaus"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(as_, wrong, acts, field, typed):
    answer = as_("cleo").submit("/arbeitgeber/neu", FACTS | {field: typed})
    assert (answer.status_code, bool(wrong(answer, field))) == (422, True)
    assert "Acme GmbH" in answer.text or field == "legal_name", "what was typed stays"
    assert acts() == []


@pytest.mark.parametrize("typed", ["05515-31002-15", "991-33333TEST-33"])
def test_a_leitweg_id_is_taken_when_its_check_digits_fit(as_, db, typed, wrong):
    answer = as_("cleo").submit("/arbeitgeber/neu", FACTS | {"leitweg_id": typed})
    assert (answer.status_code, wrong(answer, "leitweg_id")) == (303, None)
    assert _employer(db).leitweg_id == typed


def test_names_may_be_the_same_and_addresses_of_pages_differ(ana):
    assert ana.submit("/arbeitgeber/neu", FACTS).location == "/arbeitgeber/acme-2/domain"
    assert ana.submit("/arbeitgeber/neu", FACTS | {"name": "Neu"}).location == "/arbeitgeber/neu-2/domain"


def test_nobody_registers_one_after_the_other_without_proof(as_):
    cleo = as_("cleo")
    assert [cleo.submit("/arbeitgeber/neu", FACTS).status_code for _ in range(4)] == [303, 303, 303, 409]


def test_a_code_to_an_address_proves_the_domain(registered, mails, db, acts):
    assert registered.submit("/arbeitgeber/acme/domain", INFO).status_code == 303
    ((to, payload),) = mails("employer_code")
    assert (to, payload["employer"]["name"], payload["asked_by"]) == ("info@acme.example", "Acme", "Cleo Beispiel")
    page = registered.get("/arbeitgeber/acme/domain").text
    assert "info@acme.example" in page
    wrong = registered.submit("/arbeitgeber/acme/domain/code", {"code": f"{(int(_code(mails)) + 1) % 10**8:08d}"})
    assert (wrong.status_code, "Dieser Code stimmt nicht." in wrong.text) == (422, True)
    assert registered.submit("/arbeitgeber/acme/domain/code", {"code": _code(mails)}).status_code == 303
    assert (_employer(db).domain, acts()[-1]) == ("acme.example", ("prove_domain", "acme"))


@pytest.mark.parametrize("between", [" ", "-"])
def test_the_code_may_be_typed_as_the_mail_prints_it(registered, mails, db, between):
    registered.submit("/arbeitgeber/acme/domain", INFO)
    code = _code(mails)
    typed = {"code": f" {code[:4]}{between}{code[4:]} "}
    assert registered.submit("/arbeitgeber/acme/domain/code", typed).status_code == 303
    assert _employer(db).domain == "acme.example"


def test_what_cannot_be_a_code_costs_no_try(registered, mails, wrong):
    registered.submit("/arbeitgeber/acme/domain", INFO)
    for _ in range(6):
        answer = registered.submit("/arbeitgeber/acme/domain/code", {"code": "1234"})
    assert (answer.status_code, "hat 8 Ziffern" in wrong(answer, "code")) == (422, True)
    assert registered.submit("/arbeitgeber/acme/domain/code", {"code": _code(mails)}).status_code == 303


def test_the_code_signs_nobody_in_and_adds_no_address(registered, mails, client):
    registered.submit("/arbeitgeber/acme/domain", INFO)
    code = {"code": _code(mails)}
    assert "info@acme.example" not in registered.get("/profil").text
    assert registered.submit("/profil/adressen/code", INFO | code).status_code == 422
    client.submit("/anmelden", INFO)
    assert client.submit("/anmelden/code", code).status_code == 422


def test_a_code_is_good_for_its_employer_only(registered, mails, cast, now):
    registered.submit("/arbeitgeber/acme/domain", INFO)
    other = factories.make_employer("Anders", slug="anders")
    factories.make_employment(other, cast["cleo"], role="agent")
    proof = people.Proof(INFO["email"], _code(mails), "only for tests")
    refusal = operations.prove_domain(slug="anders", person_id=cast["cleo"], proof=proof, now=now)
    assert refusal.code == "code_spent"


def test_a_code_that_is_too_old_says_so(registered, mails, db, now):
    registered.submit("/arbeitgeber/acme/domain", INFO)
    with time_machine.travel(now + timedelta(minutes=11), tick=False):
        answer = registered.submit("/arbeitgeber/acme/domain/code", {"code": _code(mails)})
    assert (answer.status_code, "gilt nicht mehr" in answer.text) == (422, True)
    assert _employer(db).domain is None


def test_without_having_asked_no_code_is_taken(registered):
    assert registered.submit("/arbeitgeber/acme/domain/code", {"code": "12345678"}).status_code == 422


@pytest.mark.parametrize("email", ["chef@gmail.com", "acme@t-online.de", "x@web.de"])
def test_addresses_that_anybody_can_have_prove_nothing(registered, wrong, mails, email):
    answer = registered.submit("/arbeitgeber/acme/domain", {"email": email})
    assert (answer.status_code, "kann jeder eine Adresse haben" in wrong(answer, "email")) == (422, True)
    assert mails("employer_code") == []


def test_two_employers_do_not_share_a_domain(acme, as_, mails):
    cleo = as_("cleo")
    cleo.submit("/arbeitgeber/neu", FACTS)
    answer = cleo.submit("/arbeitgeber/acme-2/domain", INFO)
    assert (answer.status_code, "schon ein Arbeitgeber angemeldet: Acme" in answer.text) == (409, True)


@pytest.mark.concurrency
def test_two_who_prove_one_domain_at_once_do_not_share_it(app, cast, db, now):
    slugs = ("eins", "zwei")
    for slug in slugs:
        factories.make_employment(factories.make_employer(slug.title(), slug=slug), cast["cleo"], role="agent")
    secret, codes, said = "only for tests", {}, []
    for slug in slugs:
        operations.ask_for_domain(slug=slug, person_id=cast["cleo"], email=INFO["email"], secret=secret, now=now)
        payload = db.session.scalars(select(Message.payload).order_by(Message.id.desc())).first()
        codes[slug] = payload["code"]
        db.session.rollback()
    barrier = Barrier(2)

    def prove(slug):
        with app.app_context():
            proof = people.Proof(INFO["email"], codes[slug], secret)
            barrier.wait()
            try:
                said.append(operations.prove_domain(slug=slug, person_id=cast["cleo"], proof=proof, now=now))
            except DomainError as error:
                said.append(error.code)
            database.session.remove()

    threads = [Thread(target=prove, args=(slug,)) for slug in slugs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said, key=str) == [None, "domain_taken"]


@pytest.mark.concurrency
def test_two_of_one_name_registered_at_once_get_two_addresses(app, cast, db, now):
    barrier, slugs = Barrier(2), []
    draft = operations.EmployerDraft("Acme", "Acme GmbH", "Weg 1", "48149", "Münster", None, None)

    def register(key):
        with app.app_context():
            barrier.wait()
            slugs.append(operations.register_employer(person_id=cast[key], draft=draft, now=now))
            database.session.remove()

    threads = [Thread(target=register, args=(key,)) for key in ("cleo", "hugo")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(slugs) == ["acme", "acme-2"]


def test_another_domain_ends_what_was_offered_to_the_old_one(ana, db, mails):
    ana.submit("/arbeitgeber/acme/einladen/domain", {"domain_days": "30"})
    ana.submit("/arbeitgeber/acme/domain", {"email": "info@neu.example"})
    assert ana.submit("/arbeitgeber/acme/domain/code", {"code": _code(mails)}).status_code == 303
    assert _employer(db).domain == "neu.example"
    assert db.session.scalars(select(Invitation.ended_at)).one() is not None


def test_the_county_invites_an_employer_that_proves_nothing_more(kari, as_, mails, acts, db):
    order = {"name": "Gemeinde Beispiel", "email": "cleo@beispiel.example"}
    assert kari.submit("/kreis/arbeitgeber", order).location == "/kreis/arbeitgeber"
    assert "vom Kreis eingeladen" in kari.get("/kreis/arbeitgeber").text
    ((to, payload),) = mails("agent_named")
    assert (to, payload["how"]) == ("cleo@beispiel.example", "invited")
    cleo = as_("cleo")
    assert "Mitbestimmung noch offen" in cleo.get("/arbeitgeber").text
    settled = {"on": "2026-11-20", "by": "Personalrat", "confirm": "ja"}
    assert cleo.submit("/arbeitgeber/gemeinde-beispiel/mitbestimmung", settled).status_code == 303
    invited = cleo.submit("/arbeitgeber/gemeinde-beispiel/einladen", {"email": "neu@beispiel.example"})
    assert (invited.status_code, acts()[0]) == (303, ("invite_employer", "gemeinde-beispiel"))
    assert "eingeladen" in cleo.get("/profil/protokoll").text


def test_the_county_names_somebody_for_an_employer_that_has_nobody(kari, db, mails, wrong):
    factories.make_employer("Waise")
    assert "Arbeitgeber, für die niemand mehr handelt" in kari.get("/kreis/arbeitgeber").text
    bad = kari.submit("/kreis/arbeitgeber", {"slug": "waise", "agent": "niemand"})
    assert (bad.status_code, bool(wrong(bad, "agent"))) == (422, True)
    assert kari.submit("/kreis/arbeitgeber", {"slug": "waise", "agent": "neu@beispiel.example"}).status_code == 303
    assert "Arbeitgeber, für die niemand mehr handelt" not in kari.get("/kreis/arbeitgeber").text
    again = kari.submit("/kreis/arbeitgeber", {"slug": "waise", "agent": "b@beispiel.example"})
    assert (again.status_code, len(mails("agent_named"))) == (409, 1)


@pytest.mark.parametrize("typed", [{"name": "", "email": "a@b.de"}, {"name": "X", "email": "a"}])
def test_the_county_must_say_who(kari, typed, db):
    assert kari.submit("/kreis/arbeitgeber", typed).status_code == 422
    assert db.session.scalars(select(Employer)).all() == []


def test_nobody_else_invites_in_the_countys_name(ana, db):
    assert ana.get("/kreis/arbeitgeber").status_code == 404
    assert ana.submit("/kreis/arbeitgeber", {"name": "X", "email": "a@b.de"}).status_code == 404


def test_facts_are_changed_and_the_audit_names_the_fields(ana, db, acts, wrong):
    page = "/arbeitgeber/acme/angaben"
    assert ana.submit(page, FACTS | {"town": "Nottuln"}).location == page
    assert (_employer(db).town, acts()) == ("Nottuln", [("change_employer", "acme")])
    ana.submit(page, FACTS | {"town": "Nottuln"})
    assert len(acts()) == 1, "the same again is no change"
    answer = ana.submit(page, FACTS | {"plz": "x"})
    assert (answer.status_code, bool(wrong(answer, "plz"))) == (422, True)


def test_strangers_find_nothing(ben, cleo):
    for path in ("", "/angaben", "/domain", "/mitbestimmung", "/vertretung", "/einladen", "/leute"):
        assert [person.get(f"/arbeitgeber/acme{path}").status_code for person in (ben, cleo)] == [404, 404], path
