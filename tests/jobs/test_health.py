"""What somebody who watches over the service is told."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, insert, text
from sqlalchemy.exc import OperationalError

from app.jobs import operations
from app.jobs.models import NightlyTask
from app.messages.models import Message


@pytest.fixture
def alive(app, now):
    """A worker was here just now."""
    operations.beat(worker="w1", started_at=now, now=now - timedelta(seconds=5))


def _ready(client):
    answer = client.get("/readyz")
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.json


def _queue(db, now, age):
    row = {"kind": "note", "to": "a@example.org", "language": "de", "payload": {}, "made_at": now, "due_at": now - age}
    db.session.execute(insert(Message).values({**row, "tries": 0}))
    db.session.commit()


def test_a_living_process_asks_nobody(client, db):
    statements = []
    event.listen(Engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    answer = client.get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    assert statements == []


def test_all_is_well(client, alive):
    assert _ready(client) == (
        200,
        {
            "status": "ok",
            "warnings": [],
            "database": "ok",
            "migrations": "ok",
            "worker": "ok",
            "worker_seen_seconds_ago": 5,
            "messages_waiting": 0,
            "messages_oldest_seconds": None,
            "releases_waiting": 0,
            "releases_oldest_seconds": None,
            "night": "ok",
        },
    )


def test_a_missing_worker_is_a_warning_only(client):
    status, body = _ready(client)

    assert (status, body["warnings"], body["worker_seen_seconds_ago"]) == (200, ["worker_never"], None)


def test_a_worker_that_has_gone_silent_is_a_warning(client, app, now):
    operations.beat(worker="w1", started_at=now, now=now - timedelta(seconds=61))

    assert _ready(client)[1]["warnings"] == ["worker_late"]


def test_mail_that_waits_is_counted_and_becomes_a_warning(client, db, alive, now):
    _queue(db, now, timedelta(minutes=10))
    _queue(db, now, timedelta(minutes=-1))
    body = _ready(client)[1]
    assert (body["messages_waiting"], body["messages_oldest_seconds"], body["warnings"]) == (1, 600, [])

    _queue(db, now, timedelta(minutes=10, seconds=1))

    body = _ready(client)[1]
    assert (body["messages_waiting"], body["warnings"]) == (2, ["messages_wait"])


@pytest.mark.parametrize(("column", "warning"), [("failed_at", "night_failed"), ("due_at", "night_late")])
def test_a_night_that_failed_or_did_not_come_is_a_warning(client, db, now, column, warning):
    operations.beat(worker="w1", started_at=now, now=now)
    row = {"name": "reconcile", "due_at": now + timedelta(hours=1), column: now - timedelta(hours=4)}
    db.session.execute(insert(NightlyTask).values(row))
    db.session.commit()

    assert _ready(client)[1]["warnings"] == [warning]


def test_old_tables_serve_nobody(client, db):
    db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    db.session.commit()

    status, body = _ready(client)

    assert (status, body["status"], body["database"], body["migrations"]) == (503, "unavailable", "ok", "behind")


def test_no_tables_serve_nobody(client, db):
    db.session.execute(text("DROP TABLE alembic_version"))
    db.session.commit()

    assert _ready(client)[0] == 503


def test_a_dead_database_is_an_answer_and_no_error(client, db):
    event.listen(Engine, "before_cursor_execute", _gone)
    status, body = _ready(client)
    event.remove(Engine, "before_cursor_execute", _gone)

    assert (status, body["database"], body["migrations"], body["worker"]) == (503, "down", "unknown", "unknown")


def _gone(*_):
    raise OperationalError("SELECT 1", {}, OSError("gone"))
