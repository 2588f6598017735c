"""Reads of the jobs: does everything agree, and does everything run."""

from app.jobs.queries.health import Health, head, health, is_at_head, revision, tasks_due
from app.jobs.queries.reconcile import Finding, findings
from app.jobs.queries.running import TaskFacts, WorkerFacts, nightly_tasks, workers

__all__ = [
    "Finding",
    "Health",
    "TaskFacts",
    "WorkerFacts",
    "findings",
    "head",
    "health",
    "is_at_head",
    "nightly_tasks",
    "revision",
    "tasks_due",
    "workers",
]
