"""What an erasure does to check-ins."""

from __future__ import annotations

from sqlalchemy import delete, update

from app.checkins.models import Checkin, Device
from app.extensions import db


def forget(person_id: int) -> None:
    """Take the person out of their check-ins and drop their phones.

    What stays is that somebody was at a space on a day, and the event's id and digest: a phone that sends it once
    more must not bring it back.
    """
    emptied = dict.fromkeys(
        ("person_id", "device", "seq", "body", "claimed_booking", "captured_at", "sent_at", "effective_at")
    )
    db.session.execute(update(Checkin).where(Checkin.person_id == person_id).values(emptied))
    db.session.execute(delete(Device).where(Device.person_id == person_id))
