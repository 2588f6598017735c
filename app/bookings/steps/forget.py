"""What an erasure does to bookings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from app.bookings import models
from app.bookings.models import Booking, BookingSlot
from app.bookings.steps.days import lock_days
from app.bookings.steps.ending import end
from app.extensions import db


def forget(person_id: int, *, now: datetime) -> None:
    """Let go of an erased person: what is still to come is given back, what was stays without a name."""
    coming = db.session.execute(
        select(Booking.id, Booking.date, Booking.space_id).where(
            Booking.person_id == person_id, Booking.ended_at.is_(None), Booking.ends_at > now
        )
    ).all()
    lock_days((row.date, row.space_id) for row in coming)
    end([row.id for row in coming], reason=models.ERASED, now=now)
    db.session.execute(update(BookingSlot).where(BookingSlot.person_id == person_id).values(person_id=None))
    # Whoever tries all people would find this one again by the digest.
    nobody = {"person_id": None, "request_digest": ""}
    db.session.execute(update(Booking).where(Booking.person_id == person_id).values(nobody))
