"""How the workers do and how the last night went, for officers of the county."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import clock
from app.extensions import db
from app.funding.queries import TIMEZONE
from app.jobs.models import NightlyTask, Worker


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """Work of the night. `done_at` is when it last went well, `failed_at` is empty after a night that went well."""

    name: str
    due_at: datetime
    done_at: datetime | None
    failed_at: datetime | None
    result: str | None

    @property
    def ran_at(self) -> datetime | None:
        return self.failed_at or self.done_at

    @property
    def due_on_the_wall(self) -> datetime:
        """When it is due, as clocks in Germany show it."""
        return self.due_at.astimezone(clock.zone(TIMEZONE))

    @property
    def contradictions(self) -> int:
        """How many the last comparison found; 0 as well when it failed for another reason."""
        found = re.search(r"\b(\d+) contradictions\b", self.result or "") if self.failed_at else None
        return int(found[1]) if found else 0


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """A worker process: since when it runs, and when it last said so."""

    started_at: datetime
    seen_at: datetime


def nightly_tasks() -> list[TaskFacts]:
    """Return the work of the night by name."""
    query = select(
        NightlyTask.name, NightlyTask.due_at, NightlyTask.done_at, NightlyTask.failed_at, NightlyTask.result
    ).order_by(NightlyTask.name)
    return [TaskFacts(*row) for row in db.session.execute(query)]


def workers() -> list[WorkerFacts]:
    """Return the workers that were there within a day, the longest running first."""
    query = select(Worker.started_at, Worker.seen_at).order_by(Worker.started_at, Worker.name)
    return [WorkerFacts(*row) for row in db.session.execute(query)]
