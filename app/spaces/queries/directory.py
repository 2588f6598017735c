"""What is known about all spaces, and when each of them is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, select

from app.errors import N_, DomainError
from app.extensions import db, execute, table
from app.places.models import Town
from app.spaces.models import Closure, Hours, Operator, Seat, Space
from app.spaces.queries.holidays import holiday
from app.statements import Prepared


class UnknownSpace(DomainError):
    """There is no space of that name."""

    code = "unknown_space"
    status = 404
    message = N_("Diesen Ort kennen wir nicht. Schau in der Liste der Orte nach.")


@dataclass(frozen=True, slots=True)
class Opening:
    """A day's hours, in minutes after midnight on the space's own clock: [opens, splits) and [splits, closes)."""

    opens: int
    splits: int
    closes: int


@dataclass(frozen=True, slots=True)
class Closed:
    """Why a space is closed: `reason` is weekday, holiday, closure or gone (for good); `note` names the middle two."""

    reason: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """A desk, room or booth that can be booked; they come in the order in which they are offered."""

    id: int
    number: int
    name: str
    note: str | None
    kind: str = "desk"
    capacity: int | None = None


# A few more days than can be booked.
KEPT_DAYS = 100


@dataclass(frozen=True, eq=False)
class SpaceFacts:
    """A space with all that decides what can be booked there. What is not known is None. A change makes a new one."""

    id: int
    slug: str
    name: str
    town_id: int
    town_slug: str
    town_name: str
    operator: str | None
    timezone: str
    address: str | None
    plz: str | None
    lat: float | None
    lon: float | None
    offer: str | None
    arrival: str | None
    phone: str | None
    url: str | None
    since: str | None
    status: str | None
    source: str | None
    equipment: tuple[str, ...]
    price_cents: int | None
    half_hour_price_cents: int | None
    stop: str | None
    bike_box: str | None
    safety: Mapping[str, str]
    safety_checked_on: date | None
    is_sample: bool
    opens_on_holidays: bool
    state: str
    closes_on: date | None
    release_after: int | None
    version: int
    hours: dict[int, Opening]
    closures: tuple[tuple[date, date, str], ...]
    seats: tuple[SeatFacts, ...]  # its desks
    rooms: tuple[SeatFacts, ...]  # and phone booths
    _openings: dict[date, Opening | Closed] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_bookable(self) -> bool:
        return self.state == "open" and bool(self.hours and (self.seats or self.rooms))

    def opening(self, day: date) -> Opening | Closed:
        """Return the hours of a day, or why there are none; worked out once."""
        found = self._openings.get(day)
        if found is None:
            if len(self._openings) >= KEPT_DAYS:
                self._openings.clear()
            found = self._openings[day] = self._opening(day)
        return found

    def _opening(self, day: date) -> Opening | Closed:
        if self.closes_on is not None and day >= self.closes_on:
            return Closed("gone")
        for first, last, reason in self.closures:
            if first <= day <= last:
                return Closed("closure", reason)
        name = None if self.opens_on_holidays else holiday(day)
        if name:
            return Closed("holiday", name)
        return self.hours.get(day.weekday()) or Closed("weekday")


@dataclass(frozen=True)
class Directory:
    """All public spaces as they were at `state` (the number of all and the sum of their versions)."""

    state: tuple[int, int]
    by_slug: dict[str, SpaceFacts]
    by_id: dict[int, SpaceFacts]

    @cached_property
    def bookable(self) -> list[SpaceFacts]:
        return [space for space in self.by_id.values() if space.is_bookable]

    def space(self, slug: str) -> SpaceFacts:
        """Return a space. Refuses: `UnknownSpace`."""
        found = self.by_slug.get(slug)
        if found is None:
            raise UnknownSpace
        return found


def shown(space: SpaceFacts) -> dict[str, Any]:
    """Return what every page says about a space."""
    return {
        "slug": space.slug,
        "name": space.name,
        "town": space.town_name,
        "town_slug": space.town_slug,
        "plz": space.plz,
        "address": space.address,
        "lat": space.lat,
        "lon": space.lon,
        "is_sample": space.is_sample,
        "is_bookable": space.is_bookable,
        "equipment": space.equipment,
    }


# Spaces change a few times a day and are read by every request: each process keeps one copy, asked about by one
# cheap statement whether it is still true.
_kept: WeakKeyDictionary[Engine, Directory] = WeakKeyDictionary()


def directory(state: tuple[int, int] | None = None) -> Directory:
    """Return all public spaces, bookable or not, by id and slug, ordered by town and name. `state`: if just asked."""
    state = state or current_state()
    kept = _kept.get(db.engine)
    if kept is None or kept.state != state:
        kept = _read(state)
        _kept[db.engine] = kept
    return kept


def known_space(slug: str) -> SpaceFacts:
    """Return a space as this process last saw it, for those who look at its version again under a lock.

    Refuses: `UnknownSpace`, after having asked anew.
    """
    kept = _kept.get(db.engine)
    found = kept.by_slug.get(slug) if kept else None
    return found or directory().space(slug)


def current_state() -> tuple[int, int]:
    row = _STATE.row({})
    return int(row[0]), int(row[1])


_STATE = Prepared(select(func.count(), func.coalesce(func.sum(table(Space).c.version), 0)).select_from(table(Space)))


def _read(state: tuple[int, int]) -> Directory:
    hours: dict[int, dict[int, Opening]] = defaultdict(dict)
    for row in execute(select(Hours.space_id, Hours.weekday, Hours.opens, Hours.splits, Hours.closes)):
        hours[row.space_id][row.weekday] = Opening(row.opens, row.splits, row.closes)
    closures = _grouped(select(Closure.space_id, Closure.first_on, Closure.last_on, Closure.reason))
    seats = _grouped(
        select(Seat.space_id, Seat.id, Seat.number, Seat.name, Seat.note, Seat.kind, Seat.capacity)
        .where(Seat.retired_on.is_(None))
        .order_by(Seat.rank, Seat.number)
    )
    columns = [column for column in Space.__table__.columns if column.name != "operator_id"]
    rows = execute(
        select(*columns, Town.slug.label("town_slug"), Town.name.label("town_name"), Operator.name.label("operator"))
        .join(Town, Town.id == Space.town_id)
        .outerjoin(Operator, Operator.id == Space.operator_id)
        .where(Space.state != "applied")
        .order_by(Town.name, Space.name)
    ).mappings()
    spaces = [_facts(row, hours, closures, seats) for row in rows]
    return Directory(state, {space.slug: space for space in spaces}, {space.id: space for space in spaces})


def _grouped(statement: Any) -> dict[int, list[tuple[Any, ...]]]:
    groups: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for space_id, *rest in execute(statement):
        groups[space_id].append(tuple(rest))
    return groups


def _facts(
    row: Any,
    hours: dict[int, dict[int, Opening]],
    closures: dict[int, list[tuple[Any, ...]]],
    seats: dict[int, list[tuple[Any, ...]]],
) -> SpaceFacts:
    key = row["id"]
    places = [SeatFacts(*seat) for seat in seats.get(key, ())]
    return SpaceFacts(
        **{**row, "equipment": tuple(row["equipment"])},
        hours=hours.get(key, {}),
        closures=tuple(sorted(closures.get(key, ()))),
        seats=tuple(seat for seat in places if seat.kind == "desk"),
        rooms=tuple(seat for seat in places if seat.kind != "desk"),
    )
