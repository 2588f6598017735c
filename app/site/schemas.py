"""Spaces as open data."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel

from app.spaces.queries import SpaceFacts

WEEKDAYS = ("mo", "di", "mi", "do", "fr", "sa", "so")
COPIED = (
    *("slug", "name", "address", "plz", "lat", "lon", "timezone", "operator", "phone", "url", "since", "offer"),
    *("status", "source", "price_cents", "is_sample", "is_bookable"),
)


class ClosureOut(BaseModel):
    """Days on which a space is closed, both ends included."""

    first_on: date
    last_on: date
    reason: str


class SpaceFactsOut(BaseModel):
    """What is known about a space; null means unknown. Hours are [opens, splits, closes] by weekday (mo … so)."""

    slug: str
    name: str
    town: str
    town_slug: str
    address: str | None
    plz: str | None
    timezone: str
    operator: str | None
    phone: str | None
    url: str | None
    since: str | None
    offer: str | None
    status: str | None
    source: str | None
    equipment: list[str]
    price_cents: int | None
    is_sample: bool
    is_bookable: bool
    seats: int | None
    hours: dict[str, list[str]] | None
    closures: list[ClosureOut]
    open_on_holidays: bool
    link: str


class SpaceOut(SpaceFactsOut):
    """A space with its position."""

    lat: float | None
    lon: float | None


class SpacesOut(BaseModel):
    """All spaces that are known, bookable or not."""

    spaces: list[SpaceOut]


class PointOut(BaseModel):
    """Longitude before latitude, as GeoJSON wants it (RFC 7946)."""

    type: Literal["Point"]
    coordinates: tuple[float, float]


class FeatureOut(BaseModel):
    """A space on the map. Its geometry is null when nobody has published where it is."""

    type: Literal["Feature"]
    id: str
    geometry: PointOut | None
    properties: SpaceFactsOut


class FeaturesOut(BaseModel):
    """All spaces as GeoJSON."""

    type: Literal["FeatureCollection"]
    features: list[FeatureOut]


def spaces_out(facts: list[SpaceFacts], public_url: str) -> SpacesOut:
    return SpacesOut(spaces=[SpaceOut(**_facts(one, public_url)) for one in facts])


def features_out(facts: list[SpaceFacts], public_url: str) -> FeaturesOut:
    return FeaturesOut(type="FeatureCollection", features=[_feature(one, public_url) for one in facts])


def _feature(one: SpaceFacts, public_url: str) -> FeatureOut:
    point = None
    if one.lat is not None and one.lon is not None:
        point = PointOut(type="Point", coordinates=(one.lon, one.lat))
    properties = SpaceFactsOut(**_facts(one, public_url))
    return FeatureOut(type="Feature", id=one.slug, geometry=point, properties=properties)


def _facts(one: SpaceFacts, public_url: str) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in COPIED},
        "town": one.town_name,
        "town_slug": one.town_slug,
        "equipment": list(one.equipment),
        "seats": len(one.seats) or None,
        "hours": {WEEKDAYS[day]: _times(one, day) for day in sorted(one.hours)} or None,
        "closures": [{"first_on": first, "last_on": last, "reason": reason} for first, last, reason in one.closures],
        "open_on_holidays": one.opens_on_holidays,
        "link": f"{public_url}/orte/{one.slug}",
    }


def _times(one: SpaceFacts, weekday: int) -> list[str]:
    opening = one.hours[weekday]
    return [f"{minute // 60:02}:{minute % 60:02}" for minute in (opening.opens, opening.splits, opening.closes)]
