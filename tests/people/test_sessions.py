"""Who the cookie's token belongs to, and for how long."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import session
from sqlalchemy import func, select, update

from app import access
from app.errors import NotFound
from app.people import operations, queries
from app.people.models import Person, Session


@pytest.fixture
def visitor(cast, now):
    operations.begin_session(email="ben@beispiel.example", browser="noise", now=now)
    return operations.begin_session(email="ana@beispiel.example", browser="Firefox", now=now)


def test_a_token_names_its_person(visitor, cast, now):
    found = queries.signed_in(token=visitor.token, now=now)
    assert found == visitor
    assert (found.person_id, found.name, found.language) == (cast["ana"], "Ana Beispiel", "de")


def test_only_the_digest_is_stored(visitor, db):
    rows = db.session.execute(select(Session)).scalars().all()
    assert len(visitor.token) >= 43, "256 bits"
    assert all(visitor.token not in str(vars(row)) for row in rows)
    assert visitor.token not in repr(db.session.execute(select(Session.digest)).all())


def test_an_unknown_token_is_nobody(visitor, now):
    assert queries.signed_in(token=visitor.token + "x", now=now) is None


def test_a_session_ends_after_180_days(visitor, now):
    end = now + timedelta(days=180)
    assert queries.signed_in(token=visitor.token, now=end - timedelta(seconds=1)) == visitor
    assert queries.signed_in(token=visitor.token, now=end) is None


def test_who_acts_for_others_signs_in_anew_after_12_hours(cast, db, now):
    db.session.execute(update(Person).where(Person.id == cast["kari"]).values(acts_for_others=True))
    db.session.commit()
    kari = operations.begin_session(email="kari@beispiel.example", browser="", now=now)
    end = now + timedelta(hours=12)
    assert queries.signed_in(token=kari.token, now=end - timedelta(seconds=1)) == kari
    assert queries.signed_in(token=kari.token, now=end) is None


def test_a_long_session_turns_short_when_its_person_begins_to_act_for_others(visitor, cast, db, now):
    db.session.execute(update(Person).where(Person.id == cast["ana"]).values(acts_for_others=True))
    db.session.commit()
    later = queries.signed_in(token=visitor.token, now=now + timedelta(hours=11))
    assert later == replace(visitor, acts_for_others=True)
    assert queries.signed_in(token=visitor.token, now=now + timedelta(hours=12)) is None


def test_use_renews_a_session_at_most_once_a_day(as_, app, db, now):
    ana = as_("ana")
    seen = []
    for hours in (1, 23, 24, 30, 47, 48, 49):
        with time_machine.travel(now + timedelta(hours=hours), tick=False):
            cookie = ana.get_cookie("session")
            with app.app_context(), app.test_request_context(headers={"Cookie": f"session={cookie.value}"}):
                assert access.current().name == "Ana Beispiel"
                is_sent_again = session.modified
        row = db.session.execute(select(Session.seen_at, Session.expires_at)).one()
        db.session.rollback()
        assert row.expires_at == row.seen_at + timedelta(days=180)
        seen.append((int((row.seen_at - now) / timedelta(hours=1)), is_sent_again))
    assert seen == [(0, False), (0, False), (24, True), (24, False), (24, False), (48, True), (48, False)]


def test_nobody_is_signed_in_under_an_unknown_address(cast, now, db):
    with pytest.raises(NotFound):
        operations.begin_session(email="nobody@beispiel.example", browser="", now=now)
    assert db.session.execute(select(func.count()).select_from(Session)).scalar_one() == 0


def test_an_address_is_found_however_it_is_typed(cast, now):
    assert queries.find_by_email(" Ana@Beispiel.EXAMPLE ") == cast["ana"]
    assert queries.find_by_email("nobody@beispiel.example") is None


def test_introducing_somebody_twice_changes_nothing(cast, now, db):
    newcomer = operations.Newcomer("Another Name", "ANA@beispiel.example")
    assert operations.introduce(newcomers=[newcomer], now=now) == [cast["ana"]]
    names = db.session.execute(select(Person.name)).scalars().all()
    assert "Another Name" not in names
    assert len(names) == len(cast)
