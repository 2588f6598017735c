"""What changes at the door of a space stands in the audit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.audit import steps as audit
from app.spaces import queries as spaces


def note(space_id: int, *, action: str, detail: dict[str, Any], actor: str, now: datetime) -> None:
    """Write down who changed signs, displays or devices of a space. Refuses: `NotFound` (no such space)."""
    audit.record(actor=actor, action=action, subject=("space", spaces.slug_of(space_id)), detail=detail, now=now)
