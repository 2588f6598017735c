"""What one person's phone needs to know to work without network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, func, select

from app import clock
from app.bookings import queries as bookings
from app.bookings.models import Booking
from app.bookings.queries import BookingFacts
from app.checkins import queries as checkins
from app.checkins.queries import CheckinFacts, SignHashes
from app.extensions import db
from app.places.models import Town
from app.spaces.models import Space

# Phones look back as far as check-ins are judged.
LOOKS_BACK = timedelta(days=14)

_spaces = cast("Table", Space.__table__).c
_towns = cast("Table", Town.__table__).c
_bookings = cast("Table", Booking.__table__).c


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """A space as the phone shows it."""

    id: int
    slug: str
    name: str
    town: str
    address: str | None
    plz: str | None
    lat: float | None
    lon: float | None
    timezone: str
    arrival: str | None
    is_sample: bool


@dataclass(frozen=True)
class Snapshot:
    """All of it, read after the state that names it, so that a phone may have more than its name says, never less."""

    bookings: list[BookingFacts]
    places: list[PlaceFacts]
    signs: dict[int, SignHashes]
    checkins: list[CheckinFacts]


_STATE = select(func.count(), func.coalesce(func.sum(_spaces.version), 0)).where(
    _spaces.id.in_(
        select(_bookings.space_id).where(
            _bookings.person_id == bindparam("person_id"), _bookings.ends_at > bindparam("since")
        )
    )
)


def state(person_id: int, *, now: datetime) -> tuple[int, int, date]:
    """Return what changes with the spaces that the snapshot shows and with the days; the person has an own version."""
    asked = {"person_id": person_id, "since": now - LOOKS_BACK}
    count, versions = db.session.connection().execute(_STATE, asked).one()
    return int(count), int(versions), clock.local_day(now, "Europe/Berlin")


def snapshot(person_id: int, *, now: datetime) -> Snapshot:
    """Return all that the phone of a person keeps."""
    found = bookings.snapshot_bookings(person_id, now=now)
    space_ids = sorted({booking.space_id for booking in found})
    recent = checkins.recent_checkins(person_id, now=now)
    if not space_ids:
        return Snapshot(found, [], {}, recent)
    return Snapshot(found, _places(space_ids), checkins.sign_hashes(space_ids), recent)


_PLACES = (
    select(
        _spaces.id,
        _spaces.slug,
        _spaces.name,
        _towns.name,
        _spaces.address,
        _spaces.plz,
        _spaces.lat,
        _spaces.lon,
        _spaces.timezone,
        _spaces.arrival,
        _spaces.is_sample,
    )
    .join_from(Space.__table__, Town.__table__, _towns.id == _spaces.town_id)
    .where(_spaces.id.in_(bindparam("ids", expanding=True)))
    .order_by(_spaces.id)
)


def _places(space_ids: list[int]) -> list[PlaceFacts]:
    return [PlaceFacts(*row) for row in db.session.connection().execute(_PLACES, {"ids": space_ids})]
