"""What workers write about themselves, and how they share the work of the night."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, update

from app import clock, transaction
from app.extensions import db
from app.jobs.models import NightlyTask, Worker

# A worker that said nothing for so long is gone, and its row is taken away.
GONE = timedelta(days=1)
# Longer than any work of the night takes.
LEASE = timedelta(hours=2)
# Failed work is tried again soon, but not so soon that it fills the log.
AGAIN = timedelta(minutes=5)
# When few people book and nobody checks in; 03:00 exists on every day, also on those when the clock changes.
NIGHT_MINUTE = 3 * 60
TIMEZONE = "Europe/Berlin"


@transaction.write
def beat(*, worker: str, started_at: datetime, now: datetime) -> None:
    """Say that this worker lives, and take away those that have been gone for long."""
    alive = update(Worker).where(Worker.name == worker).values(seen_at=now)
    if not db.session.execute(alive).rowcount:  # type: ignore[attr-defined]
        db.session.execute(insert(Worker).values(name=worker, started_at=started_at, seen_at=now))
    db.session.execute(delete(Worker).where(Worker.seen_at < now - GONE))


@transaction.write
def leave(*, worker: str) -> None:
    """Take this worker off the list: it stops in good order."""
    db.session.execute(delete(Worker).where(Worker.name == worker))


@transaction.write
def plan(*, task: str, now: datetime) -> None:
    """Make a task of the night known; it runs for the first time in the coming night."""
    if db.session.get(NightlyTask, task) is None:
        db.session.execute(insert(NightlyTask).values(name=task, due_at=_next_night(now)))


@transaction.write
def take(*, task: str, worker: str, now: datetime) -> bool:
    """Take a task that is due, so that no other worker does it too. Returns whether it was free."""
    taken = db.session.execute(
        update(NightlyTask)
        .where(
            NightlyTask.name == task,
            NightlyTask.due_at <= now,
            or_(NightlyTask.claimed_until.is_(None), NightlyTask.claimed_until < now),
        )
        .values(claimed_by=worker, claimed_until=now + LEASE)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


@transaction.write
def finish(*, task: str, worker: str, result: str, now: datetime) -> None:
    """Write down that a task is done until the next night."""
    _release(task, worker, due_at=_next_night(now), done_at=now, failed_at=None, result=result[:300])


@transaction.write
def fail(*, task: str, worker: str, error: str, now: datetime) -> None:
    """Write down that a task failed; it is due again in a few minutes."""
    _release(task, worker, due_at=now + AGAIN, failed_at=now, result=error[:300])


def _release(task: str, worker: str, **change: object) -> None:
    db.session.execute(
        update(NightlyTask)
        .where(NightlyTask.name == task, NightlyTask.claimed_by == worker)
        .values(claimed_by=None, claimed_until=None, **change)
    )


def _next_night(now: datetime) -> datetime:
    """Return the next 03:00 on the wall in Germany."""
    today = clock.local_day(now, TIMEZONE)
    tonight = clock.moment_of(today, NIGHT_MINUTE, TIMEZONE)
    return tonight if tonight > now else clock.moment_of(today + timedelta(days=1), NIGHT_MINUTE, TIMEZONE)
