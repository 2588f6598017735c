"""Signing in with a code from a mail."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.access import SignedIn
from app.messages.models import Message
from app.people import operations, queries, steps
from app.people.models import Address, Person, Session, SignInCode
from app.privacy import operations as privacy

ANA = "ana@beispiel.example"
NEW = "nina@beispiel.example"
SECRET = "secret of the tests"
# Random ids, as the cookies of two browsers keep them.
HERE, ELSEWHERE = "browser of the tests", "browser of somebody else"
PHONE = operations.Visitor("Firefox, Android", "de")


def _send(email, now, language="de", browser=HERE):
    """Ask for a code and return the digits in the mail."""
    operations.send_code(email=email, browser=browser, language=language, secret=SECRET, now=now)
    return _mails(email)[-1].payload["code"]


def _mails(email):
    from app.extensions import db  # noqa: PLC0415

    rows = db.session.execute(select(Message).where(Message.to == email).order_by(Message.id)).scalars().all()
    db.session.rollback()
    return rows


def _try(email, code, now, secret=SECRET, browser=HERE):
    return operations.sign_in(proof=steps.Proof(email, code, secret, browser), visitor=PHONE, now=now)


def _other(code, step=1):
    return f"{(int(code) + step) % 10**8:08d}"


def test_the_code_from_the_mail_signs_in(cast, now, db):
    answer = _try(ANA, _send(ANA, now), now)
    assert isinstance(answer, SignedIn)
    assert answer.person_id == cast["ana"]
    assert queries.signed_in(token=answer.token, now=now) == answer
    assert db.session.execute(select(Session.browser)).scalar_one() == "Firefox, Android"


def test_the_mail_carries_eight_digits_and_the_database_only_their_keyed_digest(cast, now, db):
    code = _send(ANA, now)
    mail = _mails(ANA)[0]
    assert mail.kind == "sign_in_code"
    assert mail.payload == {"name": "Ana Beispiel", "code": code, "minutes": 10}
    assert len(code) == 8
    stored = db.session.execute(select(SignInCode)).scalar_one()
    assert code not in repr(vars(stored))
    db.session.rollback()
    operations.send_code(email=ANA, browser=HERE, language="de", secret="another key", now=now)
    db.session.execute(update(SignInCode).values(digest=stored.digest))
    db.session.commit()
    assert _try(ANA, code, now, secret="another key").code == "wrong_code"


def test_a_new_address_becomes_a_person_without_a_name(cast, now, db):
    answer = _try(NEW, _send(NEW, now), now)
    assert (answer.name, answer.language) == ("", "de")
    assert queries.find_by_email(NEW) == answer.person_id
    again = _try(NEW, _send(NEW, now), now)
    assert again.person_id == answer.person_id
    assert again.token != answer.token


def test_nobody_is_made_before_the_code_is_right(cast, now, db):
    code = _send(NEW, now)
    _try(NEW, _other(code), now)
    assert queries.find_by_email(NEW) is None
    assert db.session.execute(select(func.count()).select_from(Person)).scalar_one() == len(cast)


def test_a_known_and_an_unknown_address_leave_the_same_traces(cast, now, db):
    _send(ANA, now)
    _send(NEW, now)
    known, unknown = _mails(ANA)[0], _mails(NEW)[0]
    assert set(known.payload) == set(unknown.payload)
    assert (known.kind, known.due_at) == (unknown.kind, unknown.due_at)
    assert db.session.execute(select(func.count()).select_from(SignInCode)).scalar_one() == 2


def test_mail_speaks_the_language_of_the_person_else_of_the_page(cast, now):
    operations.choose_language(person_id=cast["ana"], language="en")
    _send(ANA, now, language="de")
    _send(NEW, now, language="en")
    assert [_mails(ANA)[0].language, _mails(NEW)[0].language] == ["en", "en"]


@pytest.mark.parametrize(("minutes", "is_good"), [(9.99, True), (10, False)])
def test_a_code_is_valid_for_ten_minutes(cast, now, minutes, is_good):
    answer = _try(ANA, _send(ANA, now), now + timedelta(minutes=minutes))
    assert isinstance(answer, SignedIn) == is_good
    assert is_good or answer.code == "code_spent"


def test_a_code_works_once(cast, now):
    code = _send(ANA, now)
    assert isinstance(_try(ANA, code, now), SignedIn)
    assert _try(ANA, code, now).code == "code_spent"


def test_the_newest_code_counts(cast, now):
    first = _send(ANA, now)
    second = _send(ANA, now)
    assert _try(ANA, first, now).code == "wrong_code"
    assert isinstance(_try(ANA, second, now), SignedIn)
    assert _try(ANA, first, now).code == "code_spent"


def test_the_fifth_try_may_be_right(cast, now):
    code = _send(ANA, now)
    lefts = [_try(ANA, _other(code, step), now).values["left"] for step in range(1, 5)]
    assert lefts == [4, 3, 2, 1]
    assert isinstance(_try(ANA, code, now), SignedIn)


def test_after_five_wrong_tries_the_right_code_is_spent(cast, now):
    code = _send(ANA, now)
    codes = [_try(ANA, _other(code, step), now).code for step in range(1, 6)]
    assert codes == ["wrong_code"] * 4 + ["code_spent"]
    assert _try(ANA, code, now).code == "code_spent"


def test_a_code_of_another_address_is_wrong(cast, now):
    code = _send(ANA, now)
    _send(NEW, now)
    assert _try(NEW, code, now).code == "wrong_code"
    assert _try("nobody@beispiel.example", code, now).code == "asked_elsewhere"


def test_a_browser_gets_five_codes_an_hour_for_an_address(cast, now):
    for minute in range(5):
        _send(ANA, now + timedelta(minutes=minute))
    with pytest.raises(steps.TooManyCodes) as refused:
        _send(ANA, now + timedelta(minutes=5))
    assert refused.value.values == {"minutes": 55}
    _send(NEW, now + timedelta(minutes=5))
    with pytest.raises(steps.TooManyCodes):
        _send(ANA, now + timedelta(minutes=59, seconds=59))
    _send(ANA, now + timedelta(minutes=60))
    assert len(_mails(ANA)) == 6


def test_a_code_is_good_only_in_the_browser_that_asked_for_it(cast, now):
    code = _send(ANA, now)
    assert _try(ANA, code, now, browser=ELSEWHERE).code == "asked_elsewhere"
    assert _try(ANA, code, now, browser="").code == "asked_elsewhere"
    _send(ANA, now, browser=ELSEWHERE)
    assert _try(ANA, code, now, browser=ELSEWHERE).code == "wrong_code"
    assert isinstance(_try(ANA, code, now), SignedIn)


def test_a_stranger_locks_nobody_out(cast, now):
    """By asking until it is refused, and by guessing until nothing is left."""
    mine = _send(ANA, now)
    for _ in range(5):
        theirs = _send(ANA, now, browser=ELSEWHERE)
        for step in range(1, 7):
            _try(ANA, _other(theirs, step), now, browser=ELSEWHERE)
    with pytest.raises(steps.TooManyCodes):
        _send(ANA, now, browser=ELSEWHERE)
    assert isinstance(_try(ANA, mine, now), SignedIn), "a code on its way stays good"
    assert isinstance(_try(ANA, _send(ANA, now), now), SignedIn), "and a new one can be had"


@pytest.mark.parametrize("email", [ANA, NEW])
def test_an_address_gets_thirty_codes_an_hour_whoever_asks(cast, now, email):
    for number in range(30):
        _send(email, now + timedelta(minutes=number), browser=f"browser {number}")
    with pytest.raises(steps.TooManyAskers) as refused:
        _send(email, now + timedelta(minutes=30))
    assert refused.value.values == {"minutes": 30}
    _send("somebody@beispiel.example", now + timedelta(minutes=30))
    _send(email, now + timedelta(minutes=60))


def test_the_database_does_not_tell_that_one_browser_asked_for_two_addresses(cast, now, db):
    for email in (ANA, NEW, NEW):
        _send(email, now)
    askers = db.session.execute(select(SignInCode.asker).order_by(SignInCode.id)).scalars().all()
    assert HERE not in askers
    assert askers[0] != askers[1] == askers[2]


def test_an_unknown_address_has_the_same_limit(cast, now):
    for _ in range(5):
        _send(NEW, now)
    with pytest.raises(steps.TooManyCodes):
        _send(NEW, now)


def test_a_code_that_adds_an_address_signs_nobody_in(cast, now):
    operations.ask_for_address(person_id=cast["ben"], email=NEW, secret=SECRET, now=now)
    code = _mails(NEW)[0].payload["code"]
    assert _try(NEW, code, now).code == "asked_elsewhere"
    _send(NEW, now)
    assert _try(NEW, code, now).code == "wrong_code"
    assert queries.find_by_email(NEW) is None


def test_signing_out_ends_one_session(cast, now, db):
    first, second = (_try(ANA, _send(ANA, now), now) for _ in range(2))
    operations.sign_out(session_id=first.session_id)
    operations.sign_out(session_id=first.session_id)
    assert queries.signed_in(token=first.token, now=now) is None
    assert queries.signed_in(token=second.token, now=now) == second


def test_signing_out_everywhere_ends_all_of_mine(cast, now, db):
    mine = [_try(ANA, _send(ANA, now), now) for _ in range(2)]
    other = operations.begin_session(email="ben@beispiel.example", browser="", now=now)
    privacy.sign_out_everywhere(person_id=cast["ana"], now=now)
    assert [queries.signed_in(token=session.token, now=now) for session in mine] == [None, None]
    assert queries.signed_in(token=other.token, now=now) == other


def test_two_that_prove_the_same_new_address_at_once_make_one_person(cast, now, db, monkeypatch):
    code = _send(NEW, now)

    def _too_late(email):
        operations_queries(email)

    operations_queries = queries.find_by_email
    first = _try(NEW, code, now)
    code = _send(NEW, now)
    monkeypatch.setattr(queries, "find_by_email", _too_late)  # as if the other one had not committed yet
    with pytest.raises(Exception, match="busy"):
        _try(NEW, code, now)
    monkeypatch.undo()
    assert db.session.execute(select(func.count()).where(Address.email == NEW)).scalar_one() == 1
    again = _try(NEW, code, now)
    assert again.person_id == first.person_id, "nothing was used up by the refusal"
