"""What the public pages show, put together from queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from app import clock
from app.bookings import queries as bookings
from app.bookings.models import PERIODS
from app.places import queries as places
from app.places.queries import TownFacts
from app.spaces import queries as spaces
from app.spaces.queries import Closed, Opening, SpaceFacts

# What the page of a space says besides what every page does.
FACTS = ("operator", "since", "offer", "status", "url", "arrival", "stop", "bike_box")


def by_name(facts: SpaceFacts) -> tuple[str, str]:
    return places.alphabetical(facts.town_name), places.alphabetical(facts.name)


def _clock(minute: int) -> time:
    """Return a time of day; the end of the day is 00:00, which pages write as 24:00 where something ends."""
    return time(minute // 60 % 24, minute % 60)


def frame(opening: Opening | Closed, period: str) -> dict[str, time | None]:
    """When `period` begins and ends on a day; nothing when the space is closed."""
    if isinstance(opening, Closed):
        return {"opens": None, "closes": None}
    first = opening.splits if period == "afternoon" else opening.opens
    last = opening.splits if period == "morning" else opening.closes
    return {"opens": _clock(first), "closes": _clock(last)}


def directory(towns: Sequence[TownFacts], town: TownFacts | None, today: date) -> dict[str, Any]:
    """Return all places, those that can be booked first, or those of one town."""
    known = [one for one in spaces.directory().by_id.values() if town is None or one.town_id == town.id]
    known.sort(key=lambda one: (not one.is_bookable, *by_name(one)))
    return {
        "spaces": [_directory_row(one, today) for one in known],
        "towns": [{"slug": one.slug, "name": one.name} for one in towns],
        "town": town.slug if town else None,
    }


def _directory_row(one: SpaceFacts, today: date) -> dict[str, Any]:
    opening = one.opening(today)
    return {
        "space": spaces.shown(one),
        "km": None,
        "seats": len(one.seats) or None,
        "operator": one.operator,
        "status": one.status,
        "hours_today": frame(opening, "day") if isinstance(opening, Opening) else None,
    }


def space_page(one: SpaceFacts, day: date, person_id: int | None, now: datetime) -> dict[str, Any]:
    """Return all about one place, what is free in the two weeks around `day`, and when the person is booked."""
    today = clock.local_day(now, one.timezone)
    shown = bookings.fortnight(day, today, [one])
    facts = {name: getattr(one, name) for name in FACTS}
    half = one.price_cents
    return {
        "space": {
            **spaces.shown(one),
            **facts,
            "seats": len(one.seats) or None,
            "has_host": spaces.has_host(one.id),
            "is_new": one.state == "open",
            "prices": None if half is None else {"half_cents": half, "day_cents": 2 * half},
        },
        "rooms": one.rooms,
        "prices_half_hour": one.half_hour_price_cents,
        "hours": [_weekday(one, weekday) for weekday in range(7)] if one.hours else None,
        "days": _free_days(one, shown.days, now) if one.is_bookable else [],
        "shown": shown,
        "mine": _mine(one, person_id, now) if one.is_bookable and person_id is not None else {},
        "closures": [
            {"first": first, "last": last, "reason": reason} for first, last, reason in one.closures if last >= today
        ],
        "today": today,
        "photos": spaces.photos(one.id),
    }


def _mine(one: SpaceFacts, person_id: int, now: datetime) -> dict[tuple[date, str], bool]:
    """Return by day and period when the person has a seat already, and whether it is at this place."""
    held = bookings.open_bookings(person_id, now=now)
    return {(each.date, name): each.space_id == one.id for each in held for name in PERIODS if each.meets(name)}


def _weekday(one: SpaceFacts, weekday: int) -> dict[str, Any]:
    opening = one.hours.get(weekday)
    if opening is None:
        return {"weekday": weekday, "opens": None, "splits": None, "closes": None}
    hours = {name: _clock(getattr(opening, name)) for name in ("opens", "splits", "closes")}
    return {"weekday": weekday, **hours}


def _free_days(one: SpaceFacts, shown: list[date], now: datetime) -> list[dict[str, Any]]:
    free = bookings.free_seats([one], shown[0], len(shown), now=now)[one.id]
    days = []
    for day, counts in zip(shown, free, strict=True):
        opening = one.opening(day)
        note = opening.note if isinstance(opening, Closed) else None
        is_open = isinstance(opening, Opening)
        days.append({"date": day, "is_open": is_open, "note": note, **{name: counts.of(name) for name in PERIODS}})
    return days
