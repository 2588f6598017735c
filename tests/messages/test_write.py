"""What a caller may put into the queue, and what stands there afterwards."""

import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event, select

from app import transaction
from app.messages import steps
from app.messages.models import Message

DRAFT = steps.Draft("sign_in_code", 7, "ana@example.org", "de", {"code": "12345678", "minutes": 10})


@transaction.write
def _write(draft, now):
    steps.write(draft, now=now)


@transaction.write
def _run(step):
    return step()


def _all(db):
    return db.session.scalars(select(Message).order_by(Message.id)).all()


def test_is_due_at_once_unless_a_later_time_is_given(app, db, now):
    later = now + timedelta(hours=3)
    _write(DRAFT, now)
    _write(steps.Draft("reminder", 7, "ana@example.org", "en", {}, due_at=later), now)

    first, second = _all(db)

    assert (first.kind, first.to, first.language) == ("sign_in_code", "ana@example.org", "de")
    assert (first.person_id, first.made_at, first.due_at) == (7, now, now)
    assert first.payload == {"code": "12345678", "minutes": 10}
    assert (first.tries, first.sent_at, first.failed_at, first.claimed_by) == (0, None, None, None)
    assert second.due_at == later


def test_takes_one_statement(app, db, now):
    statements = []
    event.listen(Engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    _write(DRAFT, now)

    assert [text.split()[0] for text in statements if not text.startswith("BEGIN")] == ["INSERT"]


def test_days_moments_and_ids_become_json(app, db, now):
    starts_at = datetime(2026, 11, 24, 8, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    number = uuid.uuid4()
    booking = {"uuid": number, "date": date(2026, 11, 24), "starts_at": starts_at, "seat": {"number": 3, "name": ""}}

    _write(steps.Draft("booking_made", 7, "ana@example.org", "de", {"bookings": (booking,)}), now)

    assert _all(db)[0].payload == {
        "bookings": [
            {
                "uuid": str(number),
                "date": "2026-11-24",
                "starts_at": "2026-11-24T08:00:00+01:00",
                "seat": {"number": 3, "name": ""},
            }
        ]
    }


def test_nothing_stays_when_the_change_fails(app, db, now):
    @transaction.write
    def _fail():
        steps.write(DRAFT, now=now)
        message = "the change itself failed"
        raise ValueError(message)

    with pytest.raises(ValueError, match="the change itself failed"):
        _fail()

    assert _all(db) == []


def test_forgets_one_person_only(app, db, now):
    _write(DRAFT, now)
    _write(steps.Draft("sign_in_code", 8, "ben@example.org", "de", {}), now)
    _write(steps.Draft("account_deleted", None, "cleo@example.org", "de", {}), now)

    _run(lambda: steps.forget(7))

    assert [row.to for row in _all(db)] == ["ben@example.org", "cleo@example.org"]


def test_sweeps_what_was_done_with_long_ago(app, db, now):
    for age in (29, 31, 400):
        _write(DRAFT, now - timedelta(days=age))
    waiting, old, very_old = _all(db)
    old.due_at = very_old.due_at = None
    db.session.commit()
    _write(steps.Draft("reminder", 7, "waits@example.org", "de", {}), now - timedelta(days=400))

    assert _run(lambda: steps.sweep(now=now)) == 2

    assert [row.to for row in _all(db)] == ["ana@example.org", "waits@example.org"]
    assert waiting.due_at is not None
