"""Writing bookings: as JSON and as calendar entries."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

import icalendar

from app import clock
from app.bookings.queries import BookingFacts
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
    """Write a booking as an iCalendar file (RFC 5545). `page` is the address where it can be changed."""
    event = icalendar.Event()
    event.add("uid", f"{booking.uuid}@{urlsplit(page).hostname}")
    event.add("sequence", booking.sequence)
    event.add("dtstamp", booking.ended_at or booking.made_at)
    zone = clock.zone(space.timezone)
    event.add("dtstart", booking.starts_at.astimezone(zone))
    event.add("dtend", booking.ends_at.astimezone(zone))
    event.add("summary", summary)
    event.add("status", "CONFIRMED" if booking.is_open else "CANCELLED")
    place = f"{space.plz} {space.town_name}" if space.plz else space.town_name
    event.add("location", ", ".join(part for part in (space.name, space.address, place) if part))
    if space.lat is not None and space.lon is not None:
        event.add("geo", (space.lat, space.lon))
    event.add("description", "\n".join(part for part in (booking.seat_name, space.arrival, page) if part))
    event.add("url", page)
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Nahplatz//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    body: bytes = calendar.to_ical()
    return body
