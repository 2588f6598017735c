"""Bookings as JSON: what comes in, what goes out."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

import icalendar
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from app import clock
from app.api import Body
from app.bookings.queries import BookingFacts
from app.spaces.queries import SpaceFacts


def _written_out(value: object) -> object:
    """Let a day be a date and nothing else: a number would pass as seconds since 1970."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return value
    raise PydanticCustomError("date_parsing", "not YYYY-MM-DD")


# Wide enough for every question, narrow enough for the arithmetic of days.
Day = Annotated[date, BeforeValidator(_written_out), Field(ge=date(2020, 1, 1), le=date(2100, 12, 31))]
Period = Literal["morning", "afternoon", "day"]


class OrderIn(Body):
    """What somebody wants to book. Without a seat number the seat is chosen."""

    space: str = Field(max_length=60)
    date: Day
    period: Period
    seat: int | None = Field(default=None, ge=1, le=32767)


class SeatIn(Body):
    """The number of the seat to move to."""

    seat: int = Field(ge=1, le=32767)


class EmptyIn(Body):
    """A body without fields."""


class SeatOut(BaseModel):
    """A seat as people know it."""

    number: int
    name: str


class BookingOut(BaseModel):
    """A booking of the person who asks. Moments are UTC; `date` is the day at the space."""

    uuid: str
    date: date
    period: Period
    starts_at: datetime
    ends_at: datetime
    seat: SeatOut
    space: str
    state: Literal["open", "ended"]
    ended_reason: str | None
    price_cents: int | None
    sequence: int


class AvailabilityQuery(BaseModel):
    """Which days and spaces are asked about."""

    model_config = ConfigDict(extra="forbid")

    date: Day
    days: int = Field(default=1, ge=1, le=31)
    period: Period = "day"
    kind: Literal["desk"] = "desk"
    town: str | None = Field(default=None, max_length=60)
    space: str | None = Field(default=None, max_length=60)


class FreeOut(BaseModel):
    """Free seats of one space, one number a day; null = closed or over."""

    slug: str
    free: list[int | None]


class AvailabilityOut(BaseModel):
    """Free seats of all asked spaces, in the order of towns and names."""

    date_from: date
    days: int
    period: Period
    spaces: list[FreeOut]


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
