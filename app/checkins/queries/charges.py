"""Which charges are due: of bookings whose person came, of those that nobody came to, and of those judged anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, or_, select

from app.bookings.models import RESERVED, SETTLED, Booking
from app.checkins.models import Checkin
from app.checkins.records import JUDGED_FOR
from app.extensions import execute

CAME, ABSENT, UNPROVED = "came", "absent", "unproved"
AT_ONCE = 100

_came = exists().where(
    Checkin.booking_id == Booking.id, Checkin.verdict != "rejected", Checkin.kind.in_(("check_in", "walk_in"))
)


def due_charges(now: datetime, *, after: int = 0) -> list[tuple[int, str]]:
    """Return up to 100 bookings, by ids above `after`, whose charge is due, and why.

    `came`: reserved, and the person was there; `absent`: reserved, and for 14 days nobody showed that they came;
    `unproved`: used because somebody came, which is no longer believed.
    """
    rows = execute(_due(now).where(Booking.id > after).order_by(Booking.id).limit(AT_ONCE))
    return [(booking_id, _why(charge, came=came)) for booking_id, charge, came in rows]


def due_charge(now: datetime, booking_id: int) -> tuple[Any, str] | None:
    """Return uuid and reason of one booking that is still due, locked against others who would settle it."""
    row = execute(
        _due(now).add_columns(Booking.uuid).where(Booking.id == booking_id).with_for_update(of=Booking)
    ).first()
    return (row.uuid, _why(row.charge, came=row.came)) if row else None


def _due(now: datetime) -> Any:
    judged_since = now - JUDGED_FOR
    return select(Booking.id, Booking.charge, _came.label("came")).where(
        or_(
            and_(Booking.charge == RESERVED, _came),
            and_(Booking.charge == RESERVED, Booking.ended_at.is_(None), Booking.ends_at <= judged_since),
            and_(Booking.charge == SETTLED, Booking.ended_at.is_(None), Booking.ends_at > judged_since, ~_came),
        )
    )


def _why(charge: str, *, came: bool) -> str:
    if charge == SETTLED:
        return UNPROVED
    return CAME if came else ABSENT
