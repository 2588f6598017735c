"""Guesses and requests in the same moment: limits hold, and a naive way would not hold them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from app import transaction
from app.access import SignedIn
from app.errors import NotFound
from app.extensions import db as database
from app.messages.models import Message
from app.people import operations, queries, steps
from app.people.models import SignInCode
from app.privacy import operations as privacy

pytestmark = pytest.mark.concurrency

ANA = "ana@beispiel.example"
SECRET = "secret of the tests"
BROWSER = "browser of the tests"
AT_ONCE = 20


def _at_once(app, act):
    """Run `act(number)` twenty times in the same moment, each in a context of its own."""
    barrier = Barrier(AT_ONCE)

    def _one(number):
        with app.app_context():
            barrier.wait()
            try:
                return act(number)
            finally:
                database.session.remove()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(_one, range(AT_ONCE)))


@pytest.fixture
def code(cast, db, now):
    operations.send_code(email=ANA, browser=BROWSER, language="de", secret=SECRET, now=now)
    digits = db.session.execute(select(Message.payload)).scalar_one()["code"]
    db.session.rollback()
    return digits


def _guess(code, now, number):
    wrong = f"{(int(code) + 1 + number) % 10**8:08d}"
    proof = steps.Proof(ANA, wrong, SECRET, BROWSER)
    return operations.sign_in(proof=proof, visitor=operations.Visitor("", "de"), now=now)


def test_of_twenty_guesses_at_once_five_count(app, code, db, now):
    answers = _at_once(app, lambda number: _guess(code, now, number))
    assert sorted(answer.values.get("left", 0) for answer in answers) == [0] * 16 + [1, 2, 3, 4]
    assert db.session.execute(select(SignInCode.tries)).scalar_one() == 5
    db.session.rollback()
    assert not isinstance(_guess(code, now, -1), SignedIn), "even the right one comes too late"


def test_control_guesses_that_look_first_and_count_later_slip_through(app, code, db, now):
    """The same twenty, counted the naive way: all of them see tries left."""
    have_looked = Barrier(AT_ONCE)

    def _naive(number):
        tries = database.session.execute(select(SignInCode.tries)).scalar_one()
        database.session.rollback()
        have_looked.wait()
        return tries < 5

    assert _at_once(app, _naive).count(True) > 5


def test_the_right_code_at_once_signs_in_once(app, code, now):
    proof = steps.Proof(ANA, code, SECRET, BROWSER)
    visitor = operations.Visitor("", "de")
    answers = _at_once(app, lambda _: operations.sign_in(proof=proof, visitor=visitor, now=now))
    assert sum(isinstance(answer, SignedIn) for answer in answers) == 1


def _ask(now, browser=BROWSER):
    try:
        operations.send_code(email=ANA, browser=browser, language="de", secret=SECRET, now=now)
    except steps.TooManyCodes:
        return False
    return True


def test_of_twenty_requests_at_once_five_get_a_code(app, cast, db, now):
    assert _at_once(app, lambda _: _ask(now)).count(True) == 5
    assert len(db.session.execute(select(SignInCode.id)).all()) == 5
    assert len(db.session.execute(select(Message.id)).all()) == 5


def test_of_forty_browsers_at_once_thirty_get_a_code(app, cast, db, now):
    got = _at_once(app, lambda number: [_ask(now, f"browser {number}"), _ask(now, f"other browser {number}")])
    assert sum(map(sum, got)) == 30
    assert len(db.session.execute(select(SignInCode.id)).all()) == 30


def test_control_requests_that_count_before_the_others_commit_get_more(app, cast, db, now):
    """The same twenty without the number's key: everybody counts none, everybody inserts."""
    have_counted = Barrier(AT_ONCE)

    def _naive(number):
        recent = len(database.session.execute(select(SignInCode.id).where(SignInCode.email == ANA)).all())
        database.session.rollback()
        have_counted.wait()
        return recent < 5

    assert _at_once(app, _naive).count(True) > 5


def test_of_two_addresses_removed_at_once_one_stays(app, cast, db, now):
    transaction.write(steps.add_address)(cast["ana"], "ana2@beispiel.example", now=now)
    both = [address.id for address in queries.addresses(cast["ana"])]
    db.session.rollback()

    def _remove(number):
        try:
            privacy.remove_address(person_id=cast["ana"], address_id=both[number % 2], now=now)
        except (steps.LastAddress, NotFound):
            return False
        return True

    assert _at_once(app, _remove).count(True) == 1
    assert len(queries.addresses(cast["ana"])) == 1
