"""Writing bookings: as JSON and as calendar entries."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from app import calendars, clock
from app.bookings.queries import BookingFacts
from app.calendars import Event
from app.spaces.queries import SpaceFacts


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


def calendar_entry(booking: BookingFacts, space: SpaceFacts, *, summary: str, page: str) -> bytes:
    """Write a booking as an iCalendar file. `page` is the address where it can be changed."""
    zone = clock.zone(space.timezone)
    event = Event(
        uid=f"{booking.uuid}@{urlsplit(page).hostname}",
        sequence=booking.sequence,
        stamp=booking.ended_at or booking.made_at,
        starts_at=booking.starts_at.astimezone(zone),
        ends_at=booking.ends_at.astimezone(zone),
        summary=summary,
        location=calendars.location(space.name, space.address, space.plz, space.town_name),
        description="\n".join(part for part in (booking.seat_name, space.arrival, page) if part),
        url=page,
        position=None if space.lat is None or space.lon is None else (space.lat, space.lon),
        is_cancelled=not booking.is_open,
    )
    return calendars.write([event])
