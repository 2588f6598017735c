"""The pages of signing in and out, as a browser uses them."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app.messages.models import Message
from app.people import operations, queries
from app.people.models import Session, SignInCode

ANA = "ana@beispiel.example"


def _code(db, email=ANA):
    query = select(Message.payload).where(Message.to == email).order_by(Message.id.desc()).limit(1)
    code = db.session.execute(query).scalar_one()["code"]
    db.session.rollback()
    return code


def _wrong(code):
    return f"{(int(code) + 1) % 10**8:08d}"


def _sessions(db):
    count = db.session.execute(select(func.count()).select_from(Session)).scalar_one()
    db.session.rollback()
    return count


def _in_cookie(client):
    with client.session_transaction() as session:
        return dict(session)


def test_the_pages_work_from_address_to_session(client, cast, db, now):
    page = client.get("/anmelden?next=/orte/muster")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    answer = client.post("/anmelden", data={"csrf_token": token, "email": " ANA@beispiel.example ", "next": "/orte/x"})
    assert (answer.status_code, answer.location) == (303, "/anmelden/code?next=%2Forte%2Fx")
    page = client.get(answer.location)
    assert "ANA@beispiel.example" in page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    spaced = f"{_code(db)[:4]} {_code(db)[4:]}"
    answer = client.post("/anmelden/code", data={"csrf_token": token, "code": spaced, "next": "/orte/x"})
    assert (answer.status_code, answer.location) == (303, "/orte/x")
    cookie = client.get_cookie("session")
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert cookie.expires == now + timedelta(days=180)
    assert queries.signed_in(token=_in_cookie(client)["_user_id"], now=now).person_id == cast["ana"]


def test_the_code_may_be_read_in_another_app(client, cast, now):
    """Phones end an app that its person leaves; a cookie that ends with it would make the code useless."""
    client.submit("/anmelden", {"email": ANA})
    assert client.get_cookie("session").expires == now + timedelta(days=180)


def test_without_a_wish_it_leads_to_my_bookings(client, cast, db):
    client.submit("/anmelden", {"email": ANA})
    assert client.submit("/anmelden/code", {"code": _code(db)}).location == "/meine"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_it_never_leads_to_another_site(client, cast, db, target):
    assert client.submit("/anmelden", {"email": ANA, "next": target}).location == "/anmelden/code?next=%2Fmeine"
    assert client.submit("/anmelden/code", {"code": _code(db), "next": target}).location == "/meine"


def test_a_way_back_that_would_not_fit_the_cookie_is_dropped(client, cast, db):
    long = "/orte/x?" + "a" * 5000
    assert client.submit("/anmelden", {"email": "nina@beispiel.example", "next": long}).status_code == 303
    answer = client.submit("/anmelden/code", {"code": _code(db, "nina@beispiel.example"), "next": long})
    assert answer.location == "/profil/name"
    assert len(client.get_cookie("session").value) < 4000


def test_a_newcomer_is_asked_for_a_name_first(client, cast, db):
    client.submit("/anmelden", {"email": "nina@beispiel.example"})
    answer = client.submit("/anmelden/code", {"code": _code(db, "nina@beispiel.example"), "next": "/orte/x"})
    assert answer.location == "/profil/name"


def test_a_known_and_an_unknown_address_get_the_same_answer(client, cast, app):
    answers = []
    for email in (ANA, "nobody@beispiel.example"):
        other = app.test_client()
        answer = other.submit("/anmelden", {"email": email})
        page = other.get(answer.location).text.replace(email, "…")
        answers.append((answer.status_code, answer.location, re.sub(r'"csrf_token" value="[^"]+"', "", page)))
    assert answers[0] == answers[1]


def test_the_language_of_the_person_stays_on_the_device(client, cast, db):
    operations.choose_language(person_id=cast["ana"], language="en")
    client.submit("/anmelden", {"email": ANA})
    client.submit("/anmelden/code", {"code": _code(db)})
    assert client.get_cookie("lang").value == "en"


def test_signing_in_changes_the_token_and_forgets_what_was_planted(client, cast, db):
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
        session["_user_id"] = "a token chosen by somebody else"
    client.submit("/anmelden", {"email": ANA})
    client.submit("/anmelden/code", {"code": _code(db)})
    held = _in_cookie(client)
    assert "planted" not in held
    assert "sign_in_email" not in held
    assert held["_user_id"] != "a token chosen by somebody else"


@pytest.mark.parametrize("typed", ["", "ana", "ana@beispiel.de\r\nBcc: ben@beispiel.de", "x" * 300 + "@beispiel.de"])
def test_what_is_no_address_comes_back_with_a_sentence(client, cast, db, typed):
    answer = client.submit("/anmelden", {"email": typed})
    assert answer.status_code == 422
    assert "E-Mail-Adresse" in re.search(r'id="email-fehler">(.+?)</p>', answer.text)[1]
    assert db.session.execute(select(func.count()).select_from(SignInCode)).scalar_one() == 0


def test_the_typed_address_is_kept(client, cast):
    assert 'value="ana@nowhere"' in client.submit("/anmelden", {"email": "ana@nowhere"}).text


def test_the_sixth_code_within_an_hour_is_refused_with_the_time_to_wait(client, cast):
    for _ in range(5):
        assert client.submit("/anmelden", {"email": ANA}).status_code == 303
    answer = client.submit("/anmelden", {"email": ANA})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "3600"
    assert "60 Minuten" in answer.text
    assert f'value="{ANA}"' in answer.text


@pytest.mark.parametrize("typed", ["", "1234567", "abcdefgh"])
def test_what_is_no_code_comes_back_and_costs_no_try(client, cast, db, typed):
    client.submit("/anmelden", {"email": ANA})
    answer = client.submit("/anmelden/code", {"code": typed})
    assert answer.status_code == 422
    assert "8 Ziffern" in re.search(r'id="code-fehler">(.+?)</p>', answer.text)[1]
    assert f'value="{typed}"' in answer.text
    assert db.session.execute(select(SignInCode.tries)).scalar_one() == 0


def test_a_wrong_code_is_refused_and_signs_nobody_in(client, cast, db):
    client.submit("/anmelden", {"email": ANA})
    answer = client.submit("/anmelden/code", {"code": _wrong(_code(db))})
    assert answer.status_code == 422
    assert "Dieser Code stimmt nicht" in answer.text
    assert "_user_id" not in _in_cookie(client)
    assert _sessions(db) == 0


def test_a_code_that_is_too_old_is_refused(client, cast, db, now):
    client.submit("/anmelden", {"email": ANA})
    with time_machine.travel(now + timedelta(minutes=10), tick=False):
        answer = client.submit("/anmelden/code", {"code": _code(db)})
    assert answer.status_code == 422
    assert "gilt nicht mehr" in answer.text


def test_a_code_from_another_browser_is_refused_with_what_to_do(client, cast, db, app):
    client.submit("/anmelden", {"email": ANA})
    code, other = _code(db), app.test_client()
    other.submit("/anmelden", {"email": ANA})
    answer = other.submit("/anmelden/code", {"code": code})
    assert answer.status_code == 422
    sentence = re.search(r'id="code-fehler">(.+?)</p>', answer.text)[1]
    assert "in einem anderen Browser angefordert, gib ihn dort ein oder fordere hier einen neuen an" in sentence
    assert client.submit("/anmelden/code", {"code": code}).location == "/meine"


def test_the_code_page_in_another_browser_says_what_to_do(client, cast):
    page = client.get(client.get("/anmelden/code").location)
    assert "in dem Browser ein, in dem du ihn angefordert hast, oder fordere hier einen neuen an" in page.text


def test_the_way_back_after_signing_in_says_nothing_of_codes(as_):
    ana = as_("ana")
    assert ana.get("/anmelden/code").location == "/anmelden?next=%2Fmeine"
    assert "angefordert" not in ana.get("/meine").text


def test_a_stranger_who_asks_all_the_time_locks_nobody_out(client, cast, db, app):
    stranger = app.test_client()
    answers = [stranger.submit("/anmelden", {"email": ANA}).status_code for _ in range(6)]
    assert answers == [303] * 5 + [429]
    assert client.submit("/anmelden", {"email": ANA}).status_code == 303
    assert client.submit("/anmelden/code", {"code": _code(db)}).location == "/meine"


def test_throwing_the_cookie_away_helps_a_stranger_thirty_times(cast, app):
    answers = [app.test_client().submit("/anmelden", {"email": ANA}) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [303] * 30 + [429]
    assert "andere deiner Adressen" in answers[-1].text
    assert answers[-1].headers["Retry-After"] == "3600"


def test_the_id_of_the_browser_goes_when_it_is_signed_in(client, cast, db):
    client.submit("/anmelden", {"email": ANA})
    first = _in_cookie(client)["asker"]
    client.submit("/anmelden", {"email": ANA})
    assert _in_cookie(client)["asker"] == first
    assert len(first) == 22
    client.submit("/anmelden/code", {"code": _code(db)})
    assert "asker" not in _in_cookie(client)


def test_without_an_address_there_is_no_code_page(client, cast, db):
    assert client.get("/anmelden/code").location == "/anmelden?next=%2Fmeine"
    assert client.submit("/anmelden/code", {"code": "12345678"}).location == "/anmelden?next=%2Fmeine"


@pytest.mark.parametrize("path", ["/anmelden", "/anmelden/code", "/abmelden"])
def test_a_form_without_our_token_is_refused(client, cast, db, path):
    answer = client.post(path, data={"email": ANA, "code": "12345678"})
    assert answer.status_code == 400
    assert "zu lange offen" in answer.text


def test_who_is_signed_in_needs_no_sign_in_page(as_):
    assert as_("ana").get("/anmelden?next=/orte").location == "/orte"


def test_signing_out_ends_the_session_here_only(as_, db):
    phone, laptop = as_("ana"), as_("ana")
    answer = phone.submit("/abmelden")
    assert (answer.status_code, answer.location) == (303, "/")
    assert "_user_id" not in _in_cookie(phone)
    assert _sessions(db) == 1
    assert laptop.get("/anmelden").status_code == 303


def test_a_copied_cookie_is_worth_nothing_after_signing_out(as_, app):
    ana = as_("ana")
    stolen = ana.get_cookie("session").value
    ana.submit("/abmelden")
    thief = app.test_client()
    thief.set_cookie("session", stolen)
    assert thief.get("/anmelden").status_code == 200


def test_signing_out_twice_is_fine(client, cast):
    assert client.submit("/abmelden").status_code == 303
