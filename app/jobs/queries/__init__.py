"""Reads of the jobs: does everything agree, and does everything run."""

from app.jobs.queries.health import Health, head, health, is_at_head, revision, tasks_due
from app.jobs.queries.reconcile import Finding, findings

__all__ = ["Finding", "Health", "findings", "head", "health", "is_at_head", "revision", "tasks_due"]
