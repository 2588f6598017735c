"""How the house does: is the database there and up to date, do workers live, does mail go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from sqlalchemy import func, or_, select, text
from sqlalchemy.exc import SQLAlchemyError

from app.checkins import queries as checkins
from app.extensions import db
from app.jobs.models import NightlyTask, Worker
from app.messages import queries as messages

MIGRATIONS = Path(__file__).parent.parent.parent.parent / "migrations"
# Workers say every 15 seconds that they live.
LATE = timedelta(minutes=1)
# A message that waits longer than this although nobody deferred it shows that the workers do not keep up.
SLOW = timedelta(minutes=10)
# Workers look every 20 seconds for seats to release.
BEHIND = timedelta(minutes=5)


@dataclass(frozen=True)
class Health:
    """What /readyz tells. Without a database at the right revision nothing can be served; the rest is a warning."""

    database: str  # ok, down
    migrations: str  # ok, behind, unknown
    worker: str = "unknown"  # ok, late, never
    worker_seen_seconds_ago: int | None = None
    messages_waiting: int | None = None
    messages_oldest_seconds: int | None = None
    releases_waiting: int | None = None
    releases_oldest_seconds: int | None = None
    night: str = "unknown"  # ok, late, failed

    @property
    def is_ready(self) -> bool:
        return self.database == "ok" and self.migrations == "ok"

    @property
    def warnings(self) -> list[str]:
        found = [f"worker_{self.worker}"] if self.worker in {"late", "never"} else []
        if (self.messages_oldest_seconds or 0) > SLOW.total_seconds():
            found.append("messages_wait")
        if (self.releases_oldest_seconds or 0) > BEHIND.total_seconds():
            found.append("releases_wait")
        return found + ([f"night_{self.night}"] if self.night in {"late", "failed"} else [])


def health(now: datetime) -> Health:
    """Return how things stand. Never raises: a dead database is an answer too."""
    try:
        if not is_at_head():
            return Health("ok", "behind")
        return _details(now)
    except SQLAlchemyError:
        return Health("down", "unknown")
    finally:
        db.session.rollback()


def is_at_head() -> bool:
    """Whether the tables are those of this version."""
    return revision() == head()


def revision() -> str | None:
    """Return the revision of the tables; None when there are none."""
    if not db.inspect(db.engine).has_table("alembic_version"):
        return None
    return db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()


@lru_cache(maxsize=1)
def head() -> str:
    """Return the newest revision that this version knows: its number stands in front of the file's name."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def tasks_due(now: datetime) -> Sequence[str]:
    """Return the work of the night that is due and that nobody does."""
    is_free = or_(NightlyTask.claimed_until.is_(None), NightlyTask.claimed_until < now)
    due = select(NightlyTask.name).where(NightlyTask.due_at <= now, is_free).order_by(NightlyTask.name)
    return db.session.scalars(due).all()


def _details(now: datetime) -> Health:
    seen_at = db.session.scalar(select(func.max(Worker.seen_at)))
    seen = None if seen_at is None else now - seen_at
    waiting = messages.backlog(now)
    oldest = waiting.oldest_due_at
    releases = checkins.due_releases(now)
    return Health(
        "ok",
        "ok",
        worker="never" if seen is None else "late" if seen > LATE else "ok",
        worker_seen_seconds_ago=None if seen is None else int(seen.total_seconds()),
        messages_waiting=waiting.count,
        messages_oldest_seconds=None if oldest is None else int((now - oldest).total_seconds()),
        releases_waiting=len(releases),
        releases_oldest_seconds=int((now - releases[0].due_at).total_seconds()) if releases else None,
        night=_night(now),
    )


def _night(now: datetime) -> str:
    tasks = db.session.execute(select(NightlyTask.due_at, NightlyTask.failed_at)).all()
    if any(task.failed_at for task in tasks):
        return "failed"
    return "late" if any(task.due_at < now - timedelta(hours=3) for task in tasks) else "ok"
