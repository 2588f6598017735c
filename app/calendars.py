"""Appointments as iCalendar (RFC 5545) and as invitations by mail (RFC 5546)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID

import icalendar

from app import clock, i18n
from app.errors import N_

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]
SUMMARY = N_("Dein Platz: %(space)s")
STOP = N_("Haltestelle: %(stop)s")
CHANGE = N_("Ändern oder absagen: %(page)s")


@dataclass(frozen=True)
class Appointment:
    """What calendars are told of a booking, wherever they are told it. Moments are aware, `timezone` is the space's.

    `location` is as `location` writes it, `position` is latitude and longitude in degrees.
    """

    uuid: UUID
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    timezone: str
    seat: str
    space: str
    location: str
    arrival: str | None
    stop: str | None
    position: tuple[float, float] | None
    is_cancelled: bool = False


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


@dataclass(frozen=True)
class Subscribed:
    """A calendar that programs read again and again: its name, and of which zone and year it is when it is empty."""

    name: str
    timezone: str
    year: int


# How often programs should look; some look once a day all the same.
REFRESHED = timedelta(hours=1)


def event(told: Appointment, public_url: str) -> Event:
    """Say an appointment in the present language; it can be changed at `public_url`."""
    zone, page = clock.zone(told.timezone), f"{public_url}/meine"
    lines = [
        told.seat,
        told.arrival,
        i18n.gettext(STOP, stop=told.stop) if told.stop else None,
        i18n.gettext(CHANGE, page=page),
    ]
    return Event(
        uid=f"{told.uuid}@{urlsplit(public_url).hostname}",
        sequence=told.sequence,
        stamp=told.stamp,
        starts_at=told.starts_at.astimezone(zone),
        ends_at=told.ends_at.astimezone(zone),
        summary=i18n.gettext(SUMMARY, space=told.space),
        location=told.location,
        description="\n".join(line for line in lines if line),
        url=page,
        position=told.position,
        is_cancelled=told.is_cancelled,
    )


def write(
    events: Sequence[Event],
    *,
    method: Method = "PUBLISH",
    invited: Invited | None = None,
    subscribed: Subscribed | None = None,
) -> bytes:
    """Write appointments as one iCalendar file, with the zones that they need.

    An invitation is about one appointment, and asks for no answer: who gets it has booked it. A calendar to subscribe
    to may be without any; as no file may be empty, it then has its zone.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Nahplatz//DE")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for each in events:
        calendar.add_component(_entry(each, invited))
    years = [moment.year for each in events for moment in (each.starts_at, each.ends_at)]
    zones = [_zone(name, min(years) - 1, max(years) + 1) for name in sorted(calendar.get_missing_tzids())]
    calendar.subcomponents[:0] = zones
    if subscribed is not None:
        _add_subscription(calendar, subscribed)
    body: bytes = calendar.to_ical()
    return body


def location(name: str, address: str | None, plz: str | None, town: str) -> str:
    """Write where an appointment is, as calendars hand it to maps."""
    return ", ".join(part for part in (name, address, f"{plz} {town}" if plz else town) if part)


def _add_subscription(calendar: icalendar.Calendar, subscribed: Subscribed) -> None:
    """Say name and refreshing twice: by RFC 7986, and as programs read it that are older."""
    for name in ("NAME", "X-WR-CALNAME"):
        calendar.add(name, subscribed.name)
    calendar.add("REFRESH-INTERVAL", REFRESHED, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", icalendar.vDuration(REFRESHED))
    if not calendar.subcomponents:
        calendar.add_component(_zone(subscribed.timezone, subscribed.year, subscribed.year + 1))


@lru_cache(maxsize=64)
def _zone(name: str, first_year: int, last_year: int) -> icalendar.Timezone:
    """Return a zone as calendars read it, from the first year to the end of the last one.

    The library names the hour at which summer time begins on the new clock; RFC 5545 wants it on the old one, and a
    calendar that keeps to it would be an hour late on that night.
    """
    found = icalendar.Timezone.from_tzid(name, first_date=date(first_year, 1, 1), last_date=date(last_year + 1, 1, 1))
    for part in found.subcomponents:
        gap = max(part.TZOFFSETTO - part.TZOFFSETFROM, timedelta())
        part.DTSTART -= gap
        later = part.pop("RDATE", None)
        if later is not None:
            part.add("RDATE", [each.dt - gap for each in later.dts])
    return found


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
