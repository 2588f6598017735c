"""Walk-ins: their check-in brings a booking with it, and takes it away when it was a mistake."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.bookings import steps as bookings
from app.bookings.models import UNDONE, Booking
from app.checkins import queries
from app.checkins.records import Record
from app.extensions import db


def seat_walk_in(record: Record) -> None:
    """Book a desk for who walked in; without one the record says why. The day must be locked."""
    if record.claimed_booking is None or record.local_date is None or record.effective_at is None:
        return
    if queries.named_bookings([record.claimed_booking], [record.claimed_booking.bytes[8:]]):
        record.verdict, record.reason = "rejected", "id_reused"
        return
    said = json.loads(record.body or "{}")
    walk_in = bookings.WalkIn(
        uuid=record.claimed_booking,
        label=said["label"].strip(),
        space_id=record.space_id or 0,
        date=record.local_date,
        seat=said["seat"],
        at=record.effective_at,
    )
    record.doubt = bookings.seat_walk_in(walk_in) or record.doubt


def end_walk_ins(records: Sequence[Record], *, now: datetime) -> None:
    """Give back the seats of walk-ins that were a mistake. The days must be locked."""
    names = [each.claimed_booking for each in records if each.claimed_booking]
    if names:
        is_one = (Booking.uuid.in_(names), Booking.label.is_not(None))
        bookings.end(db.session.scalars(select(Booking.id).where(*is_one)).all(), reason=UNDONE, now=now)
