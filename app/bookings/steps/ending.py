"""Ending bookings and giving seats back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update

from app.bookings import queries
from app.bookings.models import Booking
from app.bookings.queries import BookingFacts
from app.bookings.steps import charging
from app.bookings.steps.seats import give_back
from app.extensions import db


def end(booking_ids: Sequence[int], *, reason: str, now: datetime, is_same_day: bool = False) -> None:
    """End bookings that are still open and give back their slots and what was reserved. The days must be locked.

    Who takes something else on the same day has not cancelled too late.
    """
    db.session.execute(
        update(Booking)
        .where(Booking.id.in_(booking_ids), Booking.ended_at.is_(None))
        .values(ended_at=now, ended_reason=reason, sequence=Booking.sequence + 1)
    )
    give_back(booking_ids)
    charging.let_go(booking_ids, reason=reason, is_late_free=is_same_day, now=now)


def release(booking_id: int, *, now: datetime) -> BookingFacts:
    """Give the slots of a booking back that stays otherwise as it is, and return it. The day must be locked."""
    db.session.execute(update(Booking).where(Booking.id == booking_id).values(released_at=now))
    give_back([booking_id])
    return queries.booking_by_id(booking_id)
