"""What of the samples is there already."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import select

from app.bookings.models import Booking
from app.extensions import db


def known_bookings(uuids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of these uuids stand for a booking, whatever became of it."""
    return set(db.session.execute(select(Booking.uuid).where(Booking.uuid.in_(uuids))).scalars())
