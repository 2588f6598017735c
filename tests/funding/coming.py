"""Somebody was there, as a check-in says it."""

from __future__ import annotations

import uuid

from app.checkins.models import Checkin


def come(db, booking):
    facts = {"kind": "check_in", "verdict": "accepted", "evidence": "sign", "time_quality": "exact"}
    when = {"received_at": booking.starts_at, "effective_at": booking.starts_at, "local_date": booking.date}
    whose = {"booking_id": booking.id, "person_id": booking.person_id, "space_id": booking.space_id}
    db.session.add(Checkin(event_id=uuid.uuid4(), body_digest="", **facts, **when, **whose))
    db.session.commit()
