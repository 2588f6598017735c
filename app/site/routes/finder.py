"""The start page: on which day, when and where is a seat free?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from app import clock
from app.bookings import queries as bookings
from app.bookings.models import PERIODS
from app.bookings.queries import BookingFacts, Fortnight, Free
from app.places import queries as places
from app.places.queries import TownFacts
from app.site.forms import Search
from app.site.routes import views
from app.spaces import queries as spaces
from app.spaces.queries import Closed, Directory, Opening, SpaceFacts

# Places on the start page before somebody asks for all of them.
MOST = 24


class DayChip(NamedTuple):
    """A day to choose; `note` is the holiday on which everything is closed."""

    date: date
    is_open: bool
    note: str | None


class NextFree(NamedTuple):
    """What comes next at a place that has nothing free."""

    date: date
    period: str
    free: int


class PlaceRow(NamedTuple):
    """A place that can be booked, on the chosen day. `state` is free, full, closed or past; `km` has one decimal."""

    space: SpaceFacts
    km: float | None
    opens: time | None
    closes: time | None
    state: str
    free: int
    note: str | None
    price_cents: int | None
    next_free: NextFree | None


class KnownRow(NamedTuple):
    """A place that cannot be booked yet."""

    space: SpaceFacts
    km: float | None


@dataclass
class Start:
    """The start page: where is a seat free? `person_id` is None for visitors who are not signed in."""

    search: Search
    towns: Sequence[TownFacts]
    person_id: int | None
    now: datetime
    today: date

    def values(self) -> dict[str, Any]:
        origin = self.search.origin
        return {
            "date": self.day,
            "period": self.search.period,
            "days": [self._chip(day) for day in self._fortnight.days],
            "shown": self._fortnight,
            "towns": tuple((town.slug, town.name) for town in self.towns),
            "town": self.search.town.slug if self.search.town else None,
            "origin": {"label": origin.label} if origin else None,
            "near": self.search.near,
            "today": self.today,
            "spaces": self._rows(),
            "more": len(self._bookable) - len(self._shown),
            "listed": [KnownRow(one, self._km(one)) for one in self._nearest_first(self._known_only)],
            "mine": self._mine(),
            "next_booking": self._next_booking(),
        }

    @cached_property
    def _open_bookings(self) -> list[BookingFacts]:
        return [] if self.person_id is None else bookings.open_bookings(self.person_id, now=self.now)

    def _mine(self) -> set[int]:
        """Return the ids of the spaces where the person has a seat already at the chosen time."""
        return {b.space_id for b in self._open_bookings if b.date == self.day and b.meets(self.search.period)}

    @cached_property
    def directory(self) -> Directory:
        return spaces.directory()

    @cached_property
    def _bookable(self) -> list[SpaceFacts]:
        return self.directory.bookable

    @property
    def _known_only(self) -> list[SpaceFacts]:
        return [one for one in self.directory.by_id.values() if not one.is_bookable]

    @cached_property
    def day(self) -> date:
        """The chosen day; tomorrow is the next day on which any place opens."""
        return self.search.date or spaces.next_open_day(self._bookable, self.today)

    @cached_property
    def _fortnight(self) -> Fortnight:
        return bookings.fortnight(self.day, self.today, self._bookable)

    def _chip(self, day: date) -> DayChip:
        is_open = any(isinstance(one.opening(day), Opening) for one in self._bookable)
        return DayChip(day, is_open, None if is_open else spaces.holiday(day))

    @cached_property
    def _shown(self) -> list[SpaceFacts]:
        """The nearest places; a phone that asks for the next day should not have to load a hundred of them."""
        return self._nearest_first(self._bookable)[: None if self.search.is_all else MOST]

    def _rows(self) -> list[PlaceRow]:
        counted = bookings.free_seats(self._shown, self.day, 1, now=self.now)
        free = {key: days[0] for key, days in counted.items()}
        later = self._later([one for one in self._shown if not free[one.id].of(self.search.period)])
        return [self._row(one, free[one.id], later.get(one.id, [])) for one in self._shown]

    def _later(self, short: list[SpaceFacts]) -> dict[int, list[Free]]:
        """Count the days after the chosen one, for places only that have nothing free on it."""
        if not short:
            return {}
        first = self.day + timedelta(days=1)
        days = min(bookings.DAYS_SHOWN - 1, bookings.DAYS_AHEAD - (self.day - self.today).days)
        return bookings.free_seats(short, first, days, now=self.now) if days > 0 else {}

    def _row(self, one: SpaceFacts, free: Free, later: Sequence[Free]) -> PlaceRow:
        opening, period = one.opening(self.day), self.search.period
        count = free.of(period)
        if isinstance(opening, Closed):
            state = "closed"
        elif count is None:
            state = "past"
        else:
            state = "free" if count else "full"
        return PlaceRow(
            space=one,
            km=self._km(one),
            **views.frame(opening, period),
            state=state,
            free=count or 0,
            note=opening.note if isinstance(opening, Closed) else None,
            price_cents=None if one.price_cents is None else one.price_cents * len(PERIODS[period]),
            next_free=None if state == "free" else self._next_free(free, later),
        )

    def _next_free(self, free: Free, later: Sequence[Free]) -> NextFree | None:
        """Return what comes next: another part of the same day, else the same part of another day."""
        for period in PERIODS:
            if count := free.of(period):
                return NextFree(self.day, period, count)
        for number, counts in enumerate(later, start=1):
            if count := counts.of(self.search.period):
                return NextFree(self.day + timedelta(days=number), self.search.period, count)
        return None

    def _km(self, one: SpaceFacts) -> float | None:
        origin = self.search.origin
        if origin is None or origin.lat is None or origin.lon is None or one.lat is None or one.lon is None:
            return None
        return round(places.kilometres(origin.lat, origin.lon, one.lat, one.lon), 1)

    def _nearest_first(self, chosen: Iterable[SpaceFacts]) -> list[SpaceFacts]:
        """Sort by distance; a place whose position nobody knows counts as its town's centre."""
        origin = self.search.origin
        if origin is None or origin.lat is None or origin.lon is None:
            return sorted(chosen, key=views.by_name)
        lat, lon = origin.lat, origin.lon
        centres = {town.id: (town.lat, town.lon) for town in self.towns}

        def distance(one: SpaceFacts) -> float:
            at = (one.lat, one.lon) if one.lat is not None else centres.get(one.town_id, (None, None))
            return places.kilometres(lat, lon, at[0], at[1]) if at[0] is not None and at[1] is not None else 1e9

        return sorted(chosen, key=lambda one: (distance(one), *views.by_name(one)))

    def _next_booking(self) -> dict[str, Any] | None:
        booked = next(iter(self._open_bookings), None)
        if booked is None:
            return None
        at = self.directory.by_id[booked.space_id]
        return {
            "uuid": str(booked.uuid),
            "date": booked.date,
            "period": booked.period,
            "space": spaces.shown(at),
            "seat": {"number": booked.seat_number, "name": booked.seat_name},
            "starts_at": booked.starts_at.astimezone(clock.zone(at.timezone)),
        }
