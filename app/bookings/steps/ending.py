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


def end(booking_ids: Sequence[int], *, reason: str, now: datetime, is_late_free: bool = False) -> None:
    """End bookings that are still open and give back their slots and what was reserved. The days must be locked.

    Who takes something else on the same day, on the same payer, has not cancelled too late: `is_late_free`.
    """
    call_off(booking_ids, reason=reason, now=now)
    charging.let_go(booking_ids, is_late_free=is_late_free, now=now)


def call_off(booking_ids: Sequence[int], *, reason: str, now: datetime) -> None:
    """End bookings and give back their slots; what is reserved stays so, and the worker decides who came."""
    db.session.execute(
        update(Booking)
        .where(Booking.id.in_(booking_ids), Booking.ended_at.is_(None))
        .values(ended_at=now, ended_reason=reason, sequence=Booking.sequence + 1)
    )
    give_back(booking_ids)


def release(booking_id: int, *, now: datetime) -> BookingFacts:
    """Give the slots of a booking back that stays otherwise as it is, and return it. The day must be locked."""
    db.session.execute(update(Booking).where(Booking.id == booking_id).values(released_at=now))
    give_back([booking_id])
    return queries.booking_by_id(booking_id)
