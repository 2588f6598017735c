"""Taking a seat out of the offer."""

from __future__ import annotations

from datetime import date

from sqlalchemy import update

from app.extensions import db
from app.spaces.models import Seat, Space


def retire(space: Space, number: int, today: date) -> bool:
    """Let nobody book a seat any more. Returns False when that is so already. The space must be locked."""
    is_it = (Seat.space_id == space.id, Seat.number == number, Seat.retired_on.is_(None))
    done = db.session.execute(update(Seat).where(*is_it).values(retired_on=today))
    return bool(done.rowcount)  # type: ignore[attr-defined]
