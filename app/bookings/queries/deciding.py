"""Until when a booking costs nothing, and from when on it stands who pays for it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from app import clock
from app.bookings.models import RESERVED
from app.bookings.queries.bookings import BookingFacts
from app.bookings.queries.unpaid import unpaid
from app.funding import queries as funding
from app.spaces import queries as spaces

# Until then, on the day before at the space, cancelling costs nothing.
IN_TIME = time(18)


def in_time_until(day: date, timezone: str) -> datetime:
    """Return until when a booking of `day` can be cancelled without costing anything."""
    return datetime.combine(day - timedelta(days=1), IN_TIME, clock.zone(timezone))


def is_payer_fixed(booking: BookingFacts, *, now: datetime) -> bool:
    """Whether cancelling would cost its payer by now, so that nobody may leave that payer any more.

    Whose programme ends before the booking may still choose somebody else: that one will not pay anyhow.
    """
    if booking.charge != RESERVED:
        return False
    if now < in_time_until(booking.date, spaces.directory().by_id[booking.space_id].timezone):
        return False
    pays_late = any(held.pays_late and any(held.reserved) for held in funding.holdings(booking.uuid))
    return pays_late and unpaid(booking.id) is None
