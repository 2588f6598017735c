"""Writing bookings as JSON."""

from __future__ import annotations

from datetime import datetime

from app.bookings.queries import BookingFacts


def booking_out(booking: BookingFacts) -> dict[str, object]:
    """Write a booking as the API and the snapshot show it (shape: `BookingOut`)."""
    return {
        "uuid": str(booking.uuid),
        "date": booking.date.isoformat(),
        "period": booking.period,
        "starts_at": _moment(booking.starts_at),
        "ends_at": _moment(booking.ends_at),
        "seat": {"number": booking.seat_number, "name": booking.seat_name},
        "space": booking.space_slug,
        "state": "open" if booking.is_open else "ended",
        "ended_reason": booking.ended_reason,
        "price_cents": booking.price_cents,
        "payer": booking.payer,
        "sequence": booking.sequence,
    }


def _moment(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
