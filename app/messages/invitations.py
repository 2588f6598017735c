"""What calendars read of a mail about bookings: each booking as an invitation, or as its withdrawal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any
from uuid import UUID

from app import calendars
from app.calendars import Appointment, Invited, Method
from app.config import Config
from app.messages.queries import Claimed

# What mails of a kind do to calendars. A seat that was released stays booked: its person may still come.
METHODS: dict[str, Method] = {
    "booking_made": "REQUEST",
    "booking_changed": "REQUEST",
    "booking_cancelled": "CANCEL",
    "bookings_cancelled": "CANCEL",
    "booking_closed": "CANCEL",
}


def attach(mail: EmailMessage, message: Claimed, payload: dict[str, Any], settings: Config) -> None:
    """Add an invitation for each booking that the payload tells of. Of one booking mail programs show it at once.

    `payload` is the message's, with days and moments. Bookings that are not named for calendars get none.
    """
    method = METHODS.get(message.kind)
    if method is None:
        return
    found = [each for each in _told(payload) if "calendar" in each]
    invited = Invited(parseaddr(settings.mail_from)[1], message.to)
    for booking in found:
        told = _appointment(booking, message.made_at, is_cancelled=method == "CANCEL")
        event = calendars.event(told, settings.public_url)
        text = calendars.write([event], method=method, invited=invited).decode()
        how = {"method": method}
        if len(found) == 1:
            mail.add_alternative(text, subtype="calendar", params=how, cte="base64")
        else:
            mail.add_attachment(
                text, subtype="calendar", params=how, cte="base64", filename=f"nahplatz-{booking['date']}.ics"
            )


def _told(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "booking" in payload:
        yield payload["booking"]
    yield from payload.get("bookings", [])


def _appointment(booking: dict[str, Any], at: datetime, *, is_cancelled: bool) -> Appointment:
    space, named = booking["space"], booking["calendar"]
    return Appointment(
        uuid=UUID(str(named["uuid"])),
        sequence=named["sequence"],
        stamp=at,
        starts_at=booking["starts_at"],
        ends_at=booking["ends_at"],
        timezone=named["timezone"],
        seat=booking["seat"]["name"],
        space=space["name"],
        location=calendars.location(space["name"], space["address"], space["plz"], space["town"]),
        arrival=space["arrival"],
        stop=named["stop"],
        position=tuple(named["position"]) if named["position"] else None,
        is_cancelled=is_cancelled,
    )
