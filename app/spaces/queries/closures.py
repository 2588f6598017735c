"""When a space is closed besides its hours and holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.extensions import db
from app.spaces.models import Closure


@dataclass(frozen=True, slots=True)
class ClosureFacts:
    """Days on which a space is closed, both ends included."""

    id: int
    first_on: date
    last_on: date
    reason: str


def closures(space_id: int) -> list[ClosureFacts]:
    """Return all closures of a space, the earliest first."""
    columns = (Closure.id, Closure.first_on, Closure.last_on, Closure.reason)
    rows = db.session.execute(select(*columns).where(Closure.space_id == space_id).order_by(Closure.first_on))
    return [ClosureFacts(*row) for row in rows]
