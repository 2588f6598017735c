"""Towns and how far apart things are, and who acts for a town."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from app.errors import N_, DomainError
from app.extensions import db, execute
from app.places.models import Officer, Town

EARTH_RADIUS_KM = 6371.0
COUNTY_KEY_LENGTH = 5


class UnknownTown(DomainError):
    """There is no town of that name."""

    code = "unknown_town"
    status = 404
    message = N_("Diese Kommune kennen wir nicht. Wähl auf der Startseite eine aus der Liste.")


@dataclass(frozen=True, slots=True)
class TownFacts:
    """A town, or the county itself; what is unknown is None."""

    id: int
    ags: str
    slug: str
    name: str
    plz: str | None
    lat: float | None
    lon: float | None
    population: int | None
    population_on: date | None


@dataclass(frozen=True, slots=True)
class OfficerFacts:
    """For which town, or for the county, a person acts."""

    person_id: int
    ags: str
    town_name: str


_COLUMNS = (Town.id, Town.ags, Town.slug, Town.name, Town.plz, Town.lat, Town.lon, Town.population, Town.population_on)
_ALL = select(*_COLUMNS).order_by(Town.ags)


def towns() -> list[TownFacts]:
    """Return the county's towns by name, without the county itself."""
    known = [town for town in _read(_ALL) if len(town.ags) > COUNTY_KEY_LENGTH]
    return sorted(known, key=lambda town: alphabetical(town.name))


def counties() -> list[TownFacts]:
    return [town for town in _read(_ALL) if len(town.ags) == COUNTY_KEY_LENGTH]


def town_by_ags(ags: str) -> TownFacts | None:
    return next(iter(_read(_ALL.where(Town.ags == ags))), None)


def _read(statement: Any) -> list[TownFacts]:
    return [TownFacts(*row) for row in execute(statement)]


def officers(person_ids: Sequence[int] | None = None) -> list[OfficerFacts]:
    """Return who acts for which town, of everybody or of these people only."""
    query = select(Officer.person_id, Town.ags, Town.name).join(Town, Town.id == Officer.town_id)
    if person_ids is not None:
        query = query.where(Officer.person_id.in_(person_ids))
    return [OfficerFacts(*row) for row in db.session.execute(query.order_by(Town.ags, Officer.person_id))]


def kilometres(a_lat: float, a_lon: float, b_lat: float, b_lon: float) -> float:
    """Return the distance as the crow flies; roads are longer by a quarter or so."""
    a_phi, b_phi = math.radians(a_lat), math.radians(b_lat)
    half_phi, half_lambda = (b_phi - a_phi) / 2, math.radians(b_lon - a_lon) / 2
    chord = math.sin(half_phi) ** 2 + math.cos(a_phi) * math.cos(b_phi) * math.sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord)))


@lru_cache(maxsize=4096)
def alphabetical(name: str) -> str:
    """Return a sort key as in a German phone list: ä beside a, ß beside ss, capitals like small letters."""
    decomposed = unicodedata.normalize("NFD", name.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))
