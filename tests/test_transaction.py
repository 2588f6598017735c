"""One verb, one transaction: tried again when the database was busy, refused in words when it has no room."""

from __future__ import annotations

import sqlite3
import subprocess
import sys

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app import transaction
from app.errors import Busy, StorageFull
from app.people.models import Person
from tests import failing_commits
from tests.conftest import ROOT
from tests.factories import make_people


def _error(words: str) -> OperationalError:
    return OperationalError("INSERT", {}, sqlite3.OperationalError(words))


def test_a_busy_database_is_tried_again_and_nothing_is_done_twice(db):
    (person,) = make_people(1)
    tries = []

    @transaction.write
    def rename() -> None:
        db.session.get(Person, person).name += "!"
        db.session.flush()
        tries.append(1)
        if len(tries) < 3:
            raise _error("database is locked")

    rename()
    db.session.expire_all()
    assert (len(tries), db.session.get(Person, person).name.count("!")) == (3, 1)


def test_after_five_tries_it_is_busy(app):
    tries = []

    @transaction.write
    def never() -> None:
        tries.append(1)
        raise _error("database is locked")

    with pytest.raises(Busy):
        never()
    assert len(tries) == transaction.TRIES


def test_a_commit_that_fails_leaves_no_transaction_open(db, monkeypatch):
    monkeypatch.setattr(failing_commits, "SHARE", 1)
    (person,) = make_people(1)

    @transaction.write
    def rename() -> None:
        db.session.get(Person, person).name += "!"

    with failing_commits.failing("all that may") as refuse:
        rename()
    db.session.expire_all()
    assert (refuse.count, db.session.get(Person, person).name.count("!")) == (failing_commits.IN_A_ROW, 1)


def test_the_same_commits_fail_for_the_same_name(db):
    @transaction.write
    def nothing() -> None: ...

    counts = []
    for name in ("one", "one", "another", "a third"):
        with failing_commits.failing(name) as refuse:
            for _ in range(60):
                nothing()
        counts.append(refuse.count)
    assert counts[0] == counts[1]
    assert len(set(counts)) > 1
    assert all(counts)


def test_control_without_another_try_tests_fail():
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.failing_commits", "--tries=1", "-x"]
    file = "tests/bookings/test_change.py"
    done = subprocess.run([*command, file], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "app.errors.Busy" in done.stdout


@pytest.mark.parametrize("words", ["database or disk is full", "attempt to write a readonly database"])
def test_a_full_disk_is_said_at_once(app, words):
    tries = []

    @transaction.write
    def never() -> None:
        tries.append(1)
        raise _error(words)

    with pytest.raises(StorageFull):
        never()
    assert len(tries) == 1
    assert StorageFull.status == 503


def test_other_errors_stay_what_they_are(app, db):
    @transaction.write
    def wrong() -> None:
        db.session.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(Exception, match="nowhere"):
        wrong()


def test_operations_do_not_nest(app):
    @transaction.write
    def inner() -> None: ...

    @transaction.write
    def outer() -> None:
        inner()

    with pytest.raises(RuntimeError, match="inside another operation"):
        outer()
