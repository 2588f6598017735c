"""Appointments as iCalendar (RFC 5545) and as invitations by mail (RFC 5546)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import icalendar

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]


@dataclass(frozen=True)
class Event:
    """One appointment. Moments carry their zone; `position` is latitude and longitude in degrees.

    The same `uid` with a higher `sequence` changes what a calendar has. `stamp` is when it was last changed.
    """

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str
    description: str
    url: str
    position: tuple[float, float] | None = None
    is_cancelled: bool = False


@dataclass(frozen=True)
class Invited:
    """Who sends an invitation and who gets it, as mail addresses."""

    organizer: str
    attendee: str


def write(events: Sequence[Event], *, method: Method = "PUBLISH", invited: Invited | None = None) -> bytes:
    """Write appointments as one iCalendar file, with the zones that they need.

    An invitation is about one appointment, and asks for no answer: who gets it has booked it.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Nahplatz//DE")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for each in events:
        calendar.add_component(_entry(each, invited))
    calendar.add_missing_timezones()
    body: bytes = calendar.to_ical()
    return body


def location(name: str, address: str | None, plz: str | None, town: str) -> str:
    """Write where an appointment is, as calendars hand it to maps."""
    return ", ".join(part for part in (name, address, f"{plz} {town}" if plz else town) if part)


def _entry(event: Event, invited: Invited | None) -> icalendar.Event:
    entry = icalendar.Event()
    entry.add("uid", event.uid)
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", event.stamp)
    entry.add("dtstart", event.starts_at)
    entry.add("dtend", event.ends_at)
    entry.add("summary", event.summary)
    entry.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    entry.add("location", event.location)
    if event.position is not None:
        entry.add("geo", event.position)
    entry.add("description", event.description)
    entry.add("url", event.url)
    if invited is not None:
        entry.add("organizer", f"mailto:{invited.organizer}")
        answer = {"PARTSTAT": "ACCEPTED", "RSVP": "FALSE", "ROLE": "REQ-PARTICIPANT"}
        entry.add("attendee", f"mailto:{invited.attendee}", parameters=answer)
    return entry
