"""Rows 45 and 46: a server that cannot store, and one that has stored but cannot say so."""

import sqlite3
import uuid

import psycopg
import pytest
from sqlalchemy import event as listening

from app.bookings.models import Booking
from app.checkins.models import Checkin
from tests.phones import DAY

# They make commits fail themselves.
pytestmark = pytest.mark.one_try
HEADERS = {"Nahplatz-Client": "1", "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}


def _stored(db):
    db.session.rollback()
    found = {str(event_id) for (event_id,) in db.session.query(Checkin.event_id)}
    db.session.rollback()
    return found


class Disk:
    """The database's disk. On SQLite it really ends; PostgreSQL's is said to be full by its own error."""

    def __init__(self, engine):
        self.engine = engine
        self.is_full = False
        listening.listen(engine, "checkout", self._limit)
        listening.listen(engine, "before_cursor_execute", self._refuse)

    def _limit(self, raw, *_):
        if self.engine.dialect.name == "sqlite":
            # A limit below the present size means the present size; zero would leave it as it was.
            raw.execute(f"PRAGMA max_page_count = {1 if self.is_full else 2**30}")

    def _refuse(self, connection, cursor, statement, *_):
        if self.is_full and connection.dialect.name == "postgresql" and statement.startswith("INSERT"):
            raise psycopg.errors.DiskFull("could not extend file: No space left on device")

    def close(self):
        listening.remove(self.engine, "checkout", self._limit)
        listening.remove(self.engine, "before_cursor_execute", self._refuse)


@pytest.fixture
def disk(db):
    disk = Disk(db.engine)
    yield disk
    disk.close()


def test_row_45_a_full_disk_refuses_before_the_commit_and_recovers_alone(phone, code, book, disk, db, caplog):
    book()
    events, refused, acknowledged = [phone.scan(code) for _ in range(400)], None, set()
    disk.is_full = True
    while refused is None:  # what is left of the last page is still filled
        batch = [event for event in events if event["id"] not in acknowledged][:8]
        answer = phone.post(phone.batch(batch))
        if answer.status_code == 200:
            acknowledged |= {verdict["id"] for verdict in answer.json["verdicts"]}
        else:
            refused = answer
    assert (refused.status_code, refused.json["code"], refused.headers["Retry-After"]) == (503, "storage_full", "5")
    assert _stored(db) == acknowledged
    assert len(acknowledged) < len(events)
    assert "nothing can be stored" in caplog.text
    assert phone.client.get("/api/v1/me/snapshot").status_code == 200

    disk.is_full = False
    for first in range(0, len(events), 50):
        phone.send(*events[first : first + 50])
    assert _stored(db) == {event["id"] for event in events}


def test_row_45_control_phones_that_let_go_at_a_503_would_lose(phone, code, disk, db):
    disk.is_full = True
    events = [phone.scan(code) for _ in range(400)]
    for first in range(0, len(events), 50):
        phone.post(phone.batch(events[first : first + 50]))
    disk.is_full = False
    assert len(_stored(db)) < len(events)


@pytest.fixture
def lost_commits(db, monkeypatch):
    """Lose the connection right after a commit, as often as the list is long."""
    losses = []
    dialect = db.engine.dialect
    commit = dialect.do_commit

    def commit_and_lose(connection):
        commit(connection)
        if losses:
            losses.pop()
            if dialect.name == "postgresql":
                connection.dbapi_connection.close()
                raise psycopg.OperationalError("consuming input failed: server closed the connection unexpectedly")
            raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(dialect, "do_commit", commit_and_lose)
    return losses


def _until_answered(send):
    """Send as phones do. Returns the answer, and how often it took."""
    for times in range(1, 6):
        answer = send()
        if answer.status_code in {200, 201}:
            return answer, times
        assert answer.status_code == 503
    raise AssertionError("never answered")


@pytest.mark.parametrize("losses", [1, 2])
def test_row_46_an_ambiguous_commit_is_one_check_in(phone, code, book, lost_commits, losses, db, database_kind):
    booking = book()
    event = phone.scan(code)
    lost_commits += [None] * losses
    answer, times = _until_answered(lambda: phone.post(phone.batch([event])))
    (verdict,) = answer.json["verdicts"]
    assert (verdict["verdict"], verdict["booking"]) == ("accepted", str(booking.uuid))
    # PostgreSQL says that its connection is gone: the server itself tries again and finds what it had stored.
    assert times == (1 if database_kind == "postgresql" else 1 + losses)
    assert lost_commits == []
    assert _stored(db) == {event["id"]}


def test_row_46_an_ambiguous_commit_is_one_booking(phone, space, lost_commits, db):
    wanted = {"space": space.slug, "date": DAY.isoformat(), "period": "day", "seat": 1}
    address = f"/api/v1/bookings/{uuid.uuid4()}"
    lost_commits.append(None)
    answer, _ = _until_answered(lambda: phone.client.put(address, json=wanted, headers=HEADERS))
    assert answer.json["uuid"] == address[-36:]
    db.session.rollback()
    assert db.session.query(Booking).count() == 1


def test_row_46_control_a_phone_that_makes_a_new_event_for_each_try_leaves_doubles(
    phone, code, book, lost_commits, db, database_kind, monkeypatch
):
    book()
    monkeypatch.setattr("app.transaction.is_transient", lambda error: False)
    lost_commits += [None] * 2
    for _ in range(3):
        phone.post(phone.batch([phone.scan(code)]))
    assert len(_stored(db)) == 3
