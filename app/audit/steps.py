"""Writing down who changed or looked at what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert

from app.audit.models import AuditEntry
from app.extensions import db


def record(
    *,
    actor: str,
    action: str,
    subject: tuple[str, str | int],
    detail: dict[str, Any],
    now: datetime,
) -> None:
    """Add an entry. `actor` is a person's public id, "shell" or "worker"; `subject` is (kind, id)."""
    kind, subject_id = subject
    db.session.execute(
        insert(AuditEntry).values(
            at=now,
            actor=actor,
            action=action,
            subject_kind=kind,
            subject_id=str(subject_id),
            detail=detail,
        )
    )
