"""Statements run where they belong: in the open transaction, or as reads of their own that see what is committed."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, func, insert, select, text

from app import transaction
from app.extensions import execute, stop_reading, table, unless_changed
from app.people.models import Person
from tests.factories import MADE_AT, make_people

_COUNT = select(func.count()).select_from(table(Person))
_ADD = insert(table(Person))


def _row(name: str) -> dict[str, object]:
    return {"name": name, "made_at": MADE_AT}


@pytest.fixture
def elsewhere(database_url):
    """Another process, as far as the database can tell."""
    engine = create_engine(database_url)
    yield lambda sentence: _commit(engine, sentence)
    engine.dispose()


def _commit(engine, sentence):
    with engine.begin() as connection:
        connection.execute(text(sentence))


def test_a_read_sees_what_others_have_committed_since_the_last_one(db, elsewhere):
    make_people(2)
    assert execute(_COUNT).scalar() == 2
    elsewhere("DELETE FROM addresses")
    elsewhere("DELETE FROM people")
    assert execute(_COUNT).scalar() == 0


def test_in_an_operation_all_statements_share_its_transaction(db):
    @transaction.write
    def add_and_fail() -> None:
        execute(_ADD, _row("Beispiel"))
        assert execute(_COUNT).scalar() == 1
        raise RuntimeError

    with pytest.raises(RuntimeError):
        add_and_fail()
    assert execute(_COUNT).scalar() == 0


def test_a_change_outside_of_an_operation_is_never_committed_by_itself(db):
    execute(_ADD, _row("Beispiel"))
    assert execute(_COUNT).scalar() == 1
    db.session.rollback()
    assert execute(_COUNT).scalar() == 0


def test_a_failed_read_gives_its_connection_back(db):
    with pytest.raises(Exception, match="nowhere"):
        execute(text("SELECT * FROM nowhere"))
    assert execute(_COUNT).scalar() == 0
    stop_reading()
    assert db.engine.pool.checkedout() == 0


def test_what_was_read_is_read_anew_after_any_change(db, elsewhere, database_kind):
    make_people(2)
    db.session.rollback()
    asked = []

    def ask() -> int:
        asked.append(1)
        return execute(_COUNT).scalar()

    assert [unless_changed("people", ask), unless_changed("people", ask)] == [2, 2]
    assert len(asked) == (1 if database_kind == "sqlite" else 2)
    elsewhere("DELETE FROM addresses")
    elsewhere("DELETE FROM people")
    assert unless_changed("people", ask) == 0
    make_people(1)
    db.session.rollback()
    assert unless_changed("people", ask) == 1
    # On this very connection, which is the one change that SQLite's number does not tell.
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM addresses"))
        connection.execute(text("DELETE FROM people"))
    assert unless_changed("people", ask) == 0
