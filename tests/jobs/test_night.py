"""The work of the night: once a night, by one worker, again when it failed."""

import threading
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import update

from app.bookings import operations as bookings
from app.bookings.models import BookingSlot
from app.jobs import loop, night, operations, queries
from app.jobs.models import NightlyTask, Worker
from app.messages import steps
from tests.factories import make_people, make_space

NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 03:00 on the wall
SECOND = timedelta(seconds=1)


@pytest.fixture
def one(app):
    """A worker that has not begun to run."""
    return loop.Loop(steps.way_out(app.config["NAHPLATZ"]), threading.Event())


@pytest.fixture
def runs(monkeypatch):
    """The moments at which a task of the test ran."""
    moments = []
    monkeypatch.setattr(night, "TASKS", {"count": lambda now: moments.append(now) or "counted"})
    return moments


def _pass_night(one, moment):
    with time_machine.travel(moment, tick=False):
        one._night()


def _task(db, name="count"):
    db.session.rollback()
    return db.session.get(NightlyTask, name, populate_existing=True)


def test_runs_at_three_once_a_night(db, one, runs, now):
    for moment in (now, NIGHT - SECOND, NIGHT, NIGHT + SECOND, NIGHT + timedelta(hours=23), NIGHT + timedelta(days=1)):
        _pass_night(one, moment)

    assert runs == [NIGHT, NIGHT + timedelta(days=1)]
    task = _task(db)
    assert (task.result, task.failed_at, task.claimed_by) == ("counted", None, None)


def test_a_night_that_was_missed_is_made_up_for(one, runs, now):
    _pass_night(one, now)
    _pass_night(one, NIGHT + timedelta(hours=9))

    assert runs == [NIGHT + timedelta(hours=9)]


@pytest.mark.parametrize(
    ("moment", "night_comes"),
    [
        (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC)),  # the hour before is skipped
        (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 30, 1, tzinfo=UTC)),
        (datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 2, tzinfo=UTC)),  # the hour before is doubled
        (datetime(2026, 10, 25, 1, 59, tzinfo=UTC), datetime(2026, 10, 25, 2, tzinfo=UTC)),
    ],
)
def test_three_on_the_wall_also_when_the_clock_changes(moment, night_comes):
    assert operations._next_night(moment) == night_comes


def test_two_workers_share_the_night(app, one, runs, now):
    other = loop.Loop(one.way, threading.Event())
    _pass_night(one, now)
    assert operations.take(task="count", worker=other.name, now=NIGHT)

    _pass_night(one, NIGHT)
    assert runs == []
    assert not operations.take(task="count", worker=one.name, now=NIGHT)
    assert operations.take(task="count", worker=one.name, now=NIGHT + operations.LEASE + SECOND), "the other died"


def test_failed_work_is_tried_again_soon(db, one, monkeypatch, now, caplog):
    answers = iter([ZeroDivisionError("oh"), "fine"])

    def work(now):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(night, "TASKS", {"count": work})
    _pass_night(one, now)
    _pass_night(one, NIGHT)
    task = _task(db)
    assert (task.failed_at is not None, task.result) == (True, "ZeroDivisionError: oh")
    assert task.due_at == NIGHT + operations.AGAIN
    assert "ZeroDivisionError" in caplog.text

    _pass_night(one, NIGHT + operations.AGAIN)

    task = _task(db)
    assert (task.failed_at, task.result, task.done_at) == (None, "fine", NIGHT + operations.AGAIN)


def test_one_failing_task_does_not_keep_others_from_running(one, runs, monkeypatch, now):
    def fail(now):
        raise ZeroDivisionError

    monkeypatch.setattr(night, "TASKS", {"a": fail, **night.TASKS})
    _pass_night(one, now)
    _pass_night(one, NIGHT)

    assert runs == [NIGHT]


def test_contradictions_fail_the_night_and_stand_in_the_log(db, app, now, caplog):
    wagen, kontor = make_space("wagen"), make_space("kontor")
    (person,) = make_people(1)
    order = bookings.Order(uuid.uuid4(), "wagen", date(2026, 11, 24), "day", 1)
    bookings.book(order=order, person_id=person, now=now)
    assert night.reconcile(now) == "no contradictions"
    db.session.execute(update(BookingSlot).values(space_id=kontor.id))
    db.session.commit()

    with pytest.raises(night.Contradictions, match="2 contradictions, see: flask reconcile"):
        night.reconcile(now)

    assert caplog.text.count("slot_of_other_space") == 2
    assert wagen.id != kontor.id


def test_workers_are_seen_and_forgotten(db, app, now):
    operations.beat(worker="w1", started_at=now, now=now)
    operations.beat(worker="w1", started_at=now, now=now + timedelta(seconds=15))
    operations.beat(worker="w2", started_at=now, now=now + timedelta(hours=23))
    seen = {row.name: (row.started_at, row.seen_at) for row in db.session.query(Worker)}
    assert seen == {
        "w1": (now, now + timedelta(seconds=15)),
        "w2": (now, now + timedelta(hours=23)),
    }

    operations.beat(worker="w2", started_at=now, now=now + timedelta(hours=25))
    assert [row.name for row in db.session.query(Worker)] == ["w2"]

    operations.leave(worker="w2")
    assert db.session.query(Worker).count() == 0


def test_nothing_of_the_night_is_due_before_it_is_planned(app, now):
    assert queries.tasks_due(now + timedelta(days=400)) == []
