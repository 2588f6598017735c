"""Bring in what a file says about towns and spaces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from app import clock, transaction
from app.audit import steps as audit
from app.errors import N_, InvalidInput
from app.extensions import db
from app.places import steps as places
from app.places.models import Town
from app.spaces.models import Closure, Hours, Operator, Seat, Space
from app.spaces.schemas.county import CountyFile, SpaceEntry

WEEKDAYS = ("mo", "di", "mi", "do", "fr", "sa", "so")
KIND_STAYS = N_("Aus einem Tisch wird kein Raum und umgekehrt: Gib ihm eine neue Nummer.")
# Columns by the keys that fill them.
COLUMNS = {
    "name": "name",
    "timezone": "timezone",
    "address": "address",
    "plz": "plz",
    "lat": "lat",
    "lon": "lon",
    "offer": "offer",
    "arrival": "arrival",
    "phone": "phone",
    "url": "url",
    "since": "since",
    "status": "status",
    "source": "source",
    "equipment": "equipment",
    "price_cents": "price_cents",
    "half_hour_price_cents": "half_hour_price_cents",
    "stop": "stop",
    "bike_box": "bike_box",
    "safety": "safety",
    "safety_checked_on": "safety_checked_on",
    "sample": "is_sample",
    "open_on_holidays": "opens_on_holidays",
}


@dataclass(frozen=True)
class Imported:
    """What an import did; spaces are named by their slugs."""

    towns: int
    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


@transaction.write
def import_spaces(*, file: CountyFile, now: datetime) -> Imported:
    """Add and change the towns and spaces that `file` names; others stay. The same file again changes nothing.

    1. Towns by official key, the county among them.
    2. Spaces by slug, each with its operator, hours, desks and closures. A desk that is gone is retired, because
       bookings remember it.
    3. What really changed gets a new version, so that caches look again.

    Refuses: `InvalidInput`, naming the place in the file.
    """
    kept = places.keep_towns(_town_drafts(file))
    town_ids = _known_towns(file)
    known = {space.slug: space for space in db.session.scalars(select(Space))}
    done: dict[str, list[str]] = {"new": [], "changed": [], "unchanged": []}
    for entry in file.spaces:
        space = known.pop(entry.slug, None)
        is_new = space is None
        if space is None:
            space = Space(slug=entry.slug, version=0)
        has_changed = _keep(space, entry, town_ids[entry.town], now) or space.town_id in kept.changed
        done["new" if is_new else "changed" if has_changed else "unchanged"].append(entry.slug)
        if has_changed:
            space.version = Space.version + 1
    for space in known.values():
        if space.town_id in kept.changed:
            space.version = Space.version + 1
    towns = len(kept.new | kept.changed)
    imported = Imported(towns, tuple(done["new"]), tuple(done["changed"]), tuple(done["unchanged"]))
    if towns or imported.new or imported.changed:
        _record(imported, now)
    return imported


def _town_drafts(file: CountyFile) -> Iterable[places.TownDraft]:
    if file.county is not None:
        name, population = file.county.name, file.county.population()
        yield places.TownDraft(
            "county",
            file.county.ags,
            places.slug_of(name),
            name,
            population=population[0] if population else None,
            population_on=population[1] if population else None,
        )
    for index, town in enumerate(file.towns):
        yield places.TownDraft(f"towns[{index}]", **town.model_dump())


def _known_towns(file: CountyFile) -> dict[str, int]:
    """Return the ids of the towns by name, having made sure that each space's town is among them."""
    rows = db.session.execute(select(Town.id, Town.name, Town.slug))
    ids = {name: town_id for town_id, *names in rows for name in names}
    unknown = [index for index, entry in enumerate(file.spaces) if entry.town not in ids]
    if unknown:
        text = N_("Diese Kommune kennen wir nicht; trag sie unter towns ein.")
        raise InvalidInput({f"spaces[{index}].town": text for index in unknown})
    return ids


def _keep(space: Space, entry: SpaceEntry, town_id: int, now: datetime) -> bool:
    """Make `space` what `entry` says. Returns whether anything was different."""
    facts: dict[str, Any] = {"town_id": town_id}
    facts |= {column: getattr(entry, key) for key, column in COLUMNS.items() if key in entry.model_fields_set}
    if "operator" in entry.model_fields_set:
        facts["operator_id"] = _operator(entry.operator)
    differs = [name for name, value in facts.items() if getattr(space, name) != value]
    for name in differs:
        setattr(space, name, facts[name])
    if space.id is None:
        db.session.add(space)
        db.session.flush()
    parts = (_keep_hours(space, entry), _keep_desks(space, entry, now), _keep_closures(space, entry))
    return bool(differs) or any(parts)


def _operator(name: str | None) -> int | None:
    """Return the id of the operator, found by the slug of its name and added when it is new."""
    if name is None:
        return None
    slug = places.slug_of(name)
    operator = db.session.scalars(select(Operator).where(Operator.slug == slug)).one_or_none()
    if operator is None:
        operator = Operator(slug=slug, name=name)
        db.session.add(operator)
        db.session.flush()
    return operator.id


def _keep_hours(space: Space, entry: SpaceEntry) -> bool:
    if "hours" not in entry.model_fields_set:
        return False
    wanted = {(WEEKDAYS.index(day), *minutes) for day, minutes in (entry.hours or {}).items() if minutes}
    rows = select(Hours.weekday, Hours.opens, Hours.splits, Hours.closes).where(Hours.space_id == space.id)
    if wanted == {tuple(row) for row in db.session.execute(rows)}:
        return False
    db.session.execute(delete(Hours).where(Hours.space_id == space.id))
    for weekday, opens, splits, closes in wanted:
        db.session.add(Hours(space_id=space.id, weekday=weekday, opens=opens, splits=splits, closes=closes))
    return True


def _keep_desks(space: Space, entry: SpaceEntry, now: datetime) -> bool:
    if "desks" not in entry.model_fields_set:
        return False
    seats = {seat.number: seat for seat in db.session.scalars(select(Seat).where(Seat.space_id == space.id))}
    has_changed = False
    kinds = {"desk"}
    for index, desk in enumerate(entry.desks or []):
        kinds.add(desk.kind)
        seat = seats.pop(desk.number, None)
        if seat is None:
            seat = Seat(space_id=space.id, number=desk.number, kind=desk.kind)
            db.session.add(seat)
        elif seat.kind != desk.kind:  # its bookings hold other slots
            raise InvalidInput({f"{entry.slug}.desks[{index}].kind": KIND_STAYS})
        facts = {name: getattr(desk, name) for name in ("name", "rank", "note", "capacity")} | {"retired_on": None}
        differs = {name: value for name, value in facts.items() if getattr(seat, name) != value}
        has_changed = has_changed or bool(differs)
        for name, value in differs.items():
            setattr(seat, name, value)
    for seat in seats.values():
        if seat.kind in kinds and seat.retired_on is None:
            seat.retired_on = clock.local_day(now, space.timezone)
            has_changed = True
    return has_changed


def _keep_closures(space: Space, entry: SpaceEntry) -> bool:
    if "closures" not in entry.model_fields_set:
        return False
    wanted = {(closure.first_on, closure.last_on, closure.reason) for closure in entry.closures or []}
    rows = select(Closure.first_on, Closure.last_on, Closure.reason).where(Closure.space_id == space.id)
    if wanted == {tuple(row) for row in db.session.execute(rows)}:
        return False
    db.session.execute(delete(Closure).where(Closure.space_id == space.id))
    for first_on, last_on, reason in sorted(wanted):
        db.session.add(Closure(space_id=space.id, first_on=first_on, last_on=last_on, reason=reason))
    return True


def _record(imported: Imported, now: datetime) -> None:
    detail = {"towns": imported.towns, "new": imported.new[:50], "changed": imported.changed[:50]}
    audit.record(actor="shell", action="import_spaces", subject=("spaces", "file"), detail=detail, now=now)
