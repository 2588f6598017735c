"""Locking people: one statement each, versions rise, orders hold."""

import pytest
from sqlalchemy import Engine, event, select

from app import transaction
from app.errors import NotFound
from app.people import steps
from app.people.models import Person


@pytest.fixture
def statements(db):
    said = []

    def _note(connection, cursor, statement, *rest):
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", _note)
    yield said
    event.remove(Engine, "before_cursor_execute", _note)


def _versions(db):
    rows = db.session.execute(select(Person.id, Person.version)).all()
    db.session.rollback()
    return dict(rows)


def test_lock_raises_the_version_and_tells_what_a_mail_needs(cast, db, statements, now):
    transaction.write(steps.add_address)(cast["ana"], "ana.later@beispiel.example", now=now)
    del statements[:]
    person = transaction.write(steps.lock)(cast["ana"])
    assert len([said for said in statements if not said.startswith("BEGIN")]) == 1
    assert (person.id, person.name, person.language) == (cast["ana"], "Ana Beispiel", "de")
    assert person.email == "ana@beispiel.example", "the first address"
    versions = _versions(db)
    assert versions.pop(cast["ana"]) == 2
    assert set(versions.values()) == {1}


def test_lock_tells_everybody_their_own_address(cast, db, now):
    transaction.write(steps.add_address)(cast["ben"], "ben.later@beispiel.example", now=now)
    newcomer = transaction.write(steps.add_person)("Dora", "dora@beispiel.example", "de", now=now)
    told = {
        key: transaction.write(steps.lock)(person_id).email for key, person_id in [*cast.items(), ("dora", newcomer)]
    }
    assert told == {key: f"{key}@beispiel.example" for key in told}


def test_lock_refuses_an_unknown_person(cast):
    with pytest.raises(NotFound):
        transaction.write(steps.lock)(10_000)


def test_touch_raises_several_versions(cast, db):
    chosen = [cast["cleo"], cast["ana"]]
    transaction.write(steps.touch)(chosen)
    assert {key: version for key, version in _versions(db).items() if version == 2} == dict.fromkeys(chosen, 2)


def test_touching_nobody_is_fine(cast, db):
    transaction.write(steps.touch)([])
    assert set(_versions(db).values()) == {1}
