"""Somebody booked, and was there, as a check-in says it."""

from __future__ import annotations

import uuid
from datetime import date

from app.bookings import operations
from app.bookings.operations import Order
from app.checkins.models import Checkin

TUESDAY = date(2026, 11, 24)


def book(person, now, day=TUESDAY, period="day"):
    order = Order(uuid.uuid4(), "wagen", day, period)
    return operations.book(order=order, person_id=person, now=now).booking


def come(db, booking, at=None):
    """Let a check-in arrive at a moment, else when the booking begins."""
    at = at or booking.starts_at
    facts = {"kind": "check_in", "verdict": "accepted", "evidence": "sign", "time_quality": "exact"}
    when = {"received_at": at, "effective_at": at, "local_date": booking.date}
    whose = {"booking_id": booking.id, "person_id": booking.person_id, "space_id": booking.space_id}
    db.session.add(Checkin(event_id=uuid.uuid4(), body_digest="", **facts, **when, **whose))
    db.session.commit()
