"""What calendars read of a mail about bookings: each booking as an invitation, or as its withdrawal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from app import calendars, clock, i18n
from app.calendars import Event, Invited, Method
from app.config import Config
from app.errors import N_
from app.messages.queries import Claimed

# What mails of a kind do to calendars. A seat that was released stays booked: its person may still come.
METHODS: dict[str, Method] = {
    "booking_made": "REQUEST",
    "booking_changed": "REQUEST",
    "booking_cancelled": "CANCEL",
    "bookings_cancelled": "CANCEL",
    "booking_closed": "CANCEL",
}
SUMMARY = N_("Dein Platz: %(space)s")
STOP = N_("Haltestelle: %(stop)s")
CHANGE = N_("Ändern oder absagen: %(page)s")


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
        event = _event(booking, message.made_at, settings.public_url, is_cancelled=method == "CANCEL")
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


def _event(booking: dict[str, Any], at: datetime, public_url: str, *, is_cancelled: bool) -> Event:
    space, named = booking["space"], booking["calendar"]
    zone, page = clock.zone(named["timezone"]), f"{public_url}/meine"
    lines = [
        booking["seat"]["name"],
        space["arrival"],
        i18n.gettext(STOP, stop=named["stop"]) if named["stop"] else None,
        i18n.gettext(CHANGE, page=page),
    ]
    return Event(
        uid=f"{named['uuid']}@{urlsplit(public_url).hostname}",
        sequence=named["sequence"],
        stamp=at,
        starts_at=booking["starts_at"].astimezone(zone),
        ends_at=booking["ends_at"].astimezone(zone),
        summary=i18n.gettext(SUMMARY, space=space["name"]),
        location=calendars.location(space["name"], space["address"], space["plz"], space["town"]),
        description="\n".join(line for line in lines if line),
        url=page,
        position=tuple(named["position"]) if named["position"] else None,
        is_cancelled=is_cancelled,
    )
