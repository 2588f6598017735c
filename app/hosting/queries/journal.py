"""What hosts recorded on a day, on whichever device, and may take back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select

from app.checkins.models import Checkin
from app.extensions import execute

MOST = 200


@dataclass(frozen=True, slots=True)
class Written:
    """A host's event that counts. `kind` is check_in, check_out or walk_in."""

    event: UUID
    kind: str
    booking: UUID | None
    at: datetime


def journal(space_id: int, day: date) -> list[Written]:
    """Return what was recorded at a space about a day and not taken back, the latest first."""
    rows = execute(
        select(Checkin.event_id, Checkin.kind, Checkin.claimed_booking, Checkin.effective_at)
        .where(
            Checkin.space_id == space_id,
            Checkin.local_date == day,
            Checkin.evidence.in_(("host_scan", "host_word")),
            Checkin.kind != "undo",
            Checkin.verdict != "rejected",
            or_(Checkin.reason.is_(None), Checkin.reason != "undone"),
        )
        .order_by(Checkin.effective_at.desc(), Checkin.id.desc())
        .limit(MOST)
    )
    return [Written(*row) for row in rows]
