"""The profile page and its forms, as a browser uses them."""

import re

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.extensions import db as database
from app.messages.models import Message
from app.people import queries
from app.people.models import Person

NEW = "ana.privat@beispiel.example"
FORMS = ["name", "sprache", "adressen", "adressen/code", "adressen/loeschen", "ueberall-abmelden", "loeschen"]


def _code(db, email=NEW):
    query = select(Message.payload).where(Message.to == email).order_by(Message.id.desc()).limit(1)
    code = db.session.execute(query).scalar_one()["code"]
    db.session.rollback()
    return code


def _emails(person_id):
    database.session.rollback()  # what was read before does not count
    return [address.email for address in queries.addresses(person_id)]


def _wrong(page, field):
    """Return the sentence beside a field."""
    found = re.search(rf'id="{field}-fehler">(?:<svg.+?</svg>)?(.+?)</p>', page, re.DOTALL)
    return found and found[1]


@pytest.fixture
def ana(as_):
    return as_("ana")


@pytest.fixture
def two_addresses(ana, db):
    ana.submit("/profil/adressen", {"email": NEW})
    assert ana.submit("/profil/adressen/code", {"email": NEW, "code": _code(db)}).status_code == 303


def test_the_page_shows_what_is_mine(ana):
    page = ana.get("/profil")
    assert page.status_code == 200
    assert "Hallo, Ana Beispiel" in page.text
    assert "ana@beispiel.example" in page.text
    assert "ben@" not in page.text
    assert "deine einzige Adresse" in page.text
    assert "Überall abmelden (1 Gerät)" in page.text


@pytest.mark.parametrize("path", ["", "/export"])
def test_strangers_are_sent_to_sign_in(client, path):
    answer = client.get(f"/profil{path}")
    assert (answer.status_code, answer.location) == (303, f"/anmelden?next=%2Fprofil{path.replace('/', '%2F')}")


@pytest.mark.parametrize("form", FORMS)
def test_a_stranger_changes_nothing(client, cast, db, form):
    answer = client.submit(f"/profil/{form}", {"name": "X", "email": NEW, "confirm": "ja", "id": "1"})
    assert answer.status_code == 303
    assert answer.location.startswith("/anmelden?next=")
    assert db.session.execute(select(Person.name).where(Person.id == cast["ana"])).scalar_one() == "Ana Beispiel"


@pytest.mark.parametrize("form", FORMS)
def test_another_site_changes_nothing(ana, cast, db, form):
    answer = ana.post(f"/profil/{form}", data={"name": "X", "confirm": "ja"})
    assert answer.status_code == 400
    assert db.session.execute(select(Person.name).where(Person.id == cast["ana"])).scalar_one() == "Ana Beispiel"


def test_the_name_is_changed_and_the_phone_told(ana, cast, db):
    answer = ana.submit("/profil/name", {"name": "  Ana   Albers "})
    assert (answer.status_code, answer.location) == (303, "/profil")
    assert "Hallo, Ana Albers" in ana.get("/profil").text
    row = db.session.execute(select(Person.name, Person.version).where(Person.id == cast["ana"])).one()
    assert row == ("Ana Albers", 2)


@pytest.mark.parametrize("typed", ["", "   ", "x" * 81, "Ana\u202e"])
def test_a_bad_name_comes_back_with_what_was_typed(ana, cast, db, typed):
    answer = ana.submit("/profil/name", {"name": typed})
    assert answer.status_code == 422
    assert "Name" in _wrong(answer.text, "name")
    assert f'value="{typed}"' in answer.text
    assert db.session.execute(select(Person.version).where(Person.id == cast["ana"])).scalar_one() == 1


def test_a_newcomer_gives_a_name_and_goes_on_to_where_they_wanted(client, cast, db):
    client.submit("/anmelden", {"email": NEW})
    client.submit("/anmelden/code", {"code": _code(db), "next": "/orte/x"})
    page = client.get("/profil/name").text
    assert "Wie heißt du?" in page
    assert "Konto löschen" not in page
    refused = client.submit("/profil/name", {"name": ""})
    assert refused.status_code == 422
    assert "Wie heißt du?" in refused.text
    assert "auch ein Vorname genügt" in refused.text
    assert client.submit("/profil/name", {"name": "Nina"}).location == "/orte/x"
    assert client.get("/profil/name").location == "/profil"
    assert client.submit("/profil/name", {"name": "Nina Neu"}).location == "/profil"


def test_the_language_is_changed_for_pages_and_mails(ana, cast, db):
    answer = ana.submit("/profil/sprache", {"language": "en"})
    assert answer.status_code == 303
    assert ana.get_cookie("lang").value == "en"
    assert db.session.execute(select(Person.language).where(Person.id == cast["ana"])).scalar_one() == "en"
    assert '<html lang="en"' in ana.get("/profil").text


@pytest.mark.parametrize("typed", ["", "fr", "de\0"])
def test_an_unknown_language_is_refused(ana, cast, db, typed):
    answer = ana.submit("/profil/sprache", {"language": typed})
    assert answer.status_code == 422
    assert "Sprache" in _wrong(answer.text, "language")
    assert db.session.execute(select(Person.language).where(Person.id == cast["ana"])).scalar_one() == "de"


def test_an_address_is_added_by_its_code_and_the_older_ones_are_told(ana, cast, db):
    assert ana.submit("/profil/adressen", {"email": " Ana.Privat@beispiel.example"}).status_code == 303
    page = ana.get("/profil").text
    assert f"An {NEW} haben wir einen Code geschickt" in page
    assert _emails(cast["ana"]) == ["ana@beispiel.example"], "not before it is proved"
    mail = db.session.execute(select(Message).where(Message.to == NEW)).scalar_one()
    assert (mail.kind, mail.payload["email"], mail.payload["minutes"]) == ("address_code", NEW, 10)
    assert ana.submit("/profil/adressen/code", {"email": NEW, "code": _code(db)}).status_code == 303
    assert _emails(cast["ana"]) == ["ana@beispiel.example", NEW]
    told = db.session.execute(select(Message.to, Message.payload).where(Message.kind == "address_added")).all()
    assert told == [("ana@beispiel.example", {"name": "Ana Beispiel", "email": NEW})]
    assert db.session.execute(select(AuditEntry.action)).scalars().all() == ["add_address"]
    assert "haben wir einen Code geschickt" not in ana.get("/profil").text


def test_a_code_for_an_address_may_be_typed_on_any_of_my_devices(as_, cast, db):
    as_("ana").submit("/profil/adressen", {"email": NEW})
    phone = as_("ana")
    assert f"An {NEW} haben wir einen Code geschickt" in phone.get("/profil").text
    assert phone.submit("/profil/adressen/code", {"email": NEW, "code": _code(db)}).status_code == 303
    assert _emails(cast["ana"]) == ["ana@beispiel.example", NEW]


def test_somebody_elses_code_adds_me_no_address(ana, as_, cast, db):
    as_("ben").submit("/profil/adressen", {"email": NEW})
    answer = ana.submit("/profil/adressen/code", {"email": NEW, "code": _code(db)})
    assert answer.status_code == 422
    assert _emails(cast["ana"]) == ["ana@beispiel.example"]


def test_the_new_address_signs_me_in(ana, two_addresses, client, cast, db, now):
    client.submit("/anmelden", {"email": NEW})
    client.submit("/anmelden/code", {"code": _code(db)})
    with client.session_transaction() as session:
        assert queries.signed_in(token=session["_user_id"], now=now).person_id == cast["ana"]


@pytest.mark.parametrize("typed", ["", "ana", "ana@beispiel.de, ben@beispiel.de"])
def test_what_is_no_address_comes_back(ana, typed):
    answer = ana.submit("/profil/adressen", {"email": typed})
    assert answer.status_code == 422
    assert "E-Mail-Adresse" in _wrong(answer.text, "email")
    assert f'value="{typed}"' in answer.text


def test_my_own_address_cannot_be_added_again(ana):
    answer = ana.submit("/profil/adressen", {"email": "ANA@beispiel.example"})
    assert answer.status_code == 409
    assert "kannst du dich schon anmelden" in _wrong(answer.text, "email")


def test_somebody_elses_address_is_not_given_away_before_it_is_proved(ana, cast, db):
    theirs = "ben@beispiel.example"
    assert ana.submit("/profil/adressen", {"email": theirs}).status_code == 303
    answer = ana.submit("/profil/adressen/code", {"email": theirs, "code": _code(db, theirs)})
    assert answer.status_code == 409
    assert "anderen Konto" in _wrong(answer.text, "code")
    assert _emails(cast["ben"]) == [theirs]


def test_the_sixth_code_for_an_address_is_refused(ana):
    for _ in range(5):
        ana.submit("/profil/adressen", {"email": NEW})
    answer = ana.submit("/profil/adressen", {"email": NEW})
    assert answer.status_code == 429
    assert "5 Codes" in _wrong(answer.text, "email")


def test_a_wrong_code_adds_nothing(ana, cast, db):
    ana.submit("/profil/adressen", {"email": NEW})
    wrong = f"{(int(_code(db)) + 1) % 10**8:08d}"
    answer = ana.submit("/profil/adressen/code", {"email": NEW, "code": wrong})
    assert answer.status_code == 422
    assert "stimmt nicht" in _wrong(answer.text, "code")
    assert f'value="{wrong}"' in answer.text
    assert _emails(cast["ana"]) == ["ana@beispiel.example"]


@pytest.mark.parametrize("form", [{"code": ""}, {"code": "123"}, {"code": "12345678", "email": ""}])
def test_a_code_or_address_that_is_none_is_refused(ana, db, form):
    ana.submit("/profil/adressen", {"email": NEW})
    assert ana.submit("/profil/adressen/code", {"email": NEW} | form).status_code == 422


def test_a_code_spent_says_so_even_when_no_address_waits(ana):
    answer = ana.submit("/profil/adressen/code", {"email": NEW, "code": "12345678"})
    assert answer.status_code == 422
    assert "gilt nicht mehr" in _wrong(answer.text, "code")


def test_a_sign_in_code_adds_no_address(ana, client, cast, db):
    client.submit("/anmelden", {"email": NEW})
    answer = ana.submit("/profil/adressen/code", {"email": NEW, "code": _code(db)})
    assert answer.status_code == 422
    assert _emails(cast["ana"]) == ["ana@beispiel.example"]


def test_an_address_given_up_signs_nobody_in(ana, two_addresses, cast, db):
    old = queries.addresses(cast["ana"])[0]
    assert ana.submit("/profil/adressen/loeschen", {"id": str(old.id)}).status_code == 303
    assert _emails(cast["ana"]) == [NEW]
    assert queries.find_by_email(old.email) is None


def test_the_last_address_stays(ana, cast):
    only = queries.addresses(cast["ana"])[0]
    answer = ana.submit("/profil/adressen/loeschen", {"id": str(only.id)})
    assert answer.status_code == 409
    assert "einzige Adresse bleibt" in answer.text
    assert _emails(cast["ana"]) == ["ana@beispiel.example"]


@pytest.mark.parametrize("typed", ["", "x", "-1", "99999", "9" * 30])
def test_an_unknown_address_is_not_found(ana, two_addresses, typed):
    assert ana.submit("/profil/adressen/loeschen", {"id": typed}).status_code == 404


def test_somebody_elses_address_looks_unknown(ana, two_addresses, cast):
    theirs = queries.addresses(cast["ben"])[0]
    assert ana.submit("/profil/adressen/loeschen", {"id": str(theirs.id)}).status_code == 404
    assert _emails(cast["ben"]) == [theirs.email]


def test_more_than_ten_addresses_are_refused(ana, cast, db):
    for number in range(9):
        email = f"ana{number}@beispiel.example"
        ana.submit("/profil/adressen", {"email": email})
        ana.submit("/profil/adressen/code", {"email": email, "code": _code(db, email)})
    assert len(_emails(cast["ana"])) == 10
    answer = ana.submit("/profil/adressen", {"email": NEW})
    assert answer.status_code == 409
    assert "Mehr als 10" in _wrong(answer.text, "email")


def test_signing_out_everywhere_ends_all_my_sessions_only(as_, db):
    phone, laptop, ben = as_("ana"), as_("ana"), as_("ben")
    answer = phone.submit("/profil/ueberall-abmelden")
    assert (answer.status_code, answer.location) == (303, "/")
    assert [browser.get("/profil").status_code for browser in (phone, laptop, ben)] == [303, 303, 200]
    assert db.session.execute(select(AuditEntry.action)).scalars().all() == ["sign_out_everywhere"]


def test_the_number_of_sessions_is_shown(as_):
    ana = as_("ana")
    as_("ana")
    assert "Überall abmelden (2 Geräte)" in ana.get("/profil").text
