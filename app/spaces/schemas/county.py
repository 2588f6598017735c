"""What an import file says: a county, its towns, its spaces. Explained for people in data/README.md."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from app.errors import N_
from app.spaces.schemas import kinds

COUNT = TypeAdapter[int](kinds.Count, config=ConfigDict(strict=True))


class Entry(BaseModel):
    """A part of the file. An unknown key is refused, so that a typing mistake never passes silently."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Located(Entry):
    """Something that may be on the map."""

    lat: kinds.Latitude | None = None
    lon: kinds.Longitude | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> Located:
        if (self.lat is None) != (self.lon is None):
            raise PydanticCustomError("position", N_("lat und lon gehören zusammen: beide oder keines."))
        return self


class CountyEntry(Entry):
    """The county. Its populations are keyed by their day, as in `population_2023_12_31`."""

    model_config = ConfigDict(extra="allow")

    name: kinds.Word
    ags: kinds.CountyKey
    __pydantic_extra__: dict[str, Any]

    def population(self) -> tuple[int, date] | None:
        """Return the newest population and its day."""
        found = []
        for key, value in self.__pydantic_extra__.items():
            name, _, day = key.partition("_")
            if name == "population" and value is not None:
                found.append((date.fromisoformat(day.replace("_", "-")), COUNT.validate_python(value)))
        return max(found)[::-1] if found else None

    @model_validator(mode="after")
    def _has_readable_days(self) -> CountyEntry:
        try:
            self.population()
        except ValueError as error:
            text = N_("Einwohnerzahlen heißen population_JJJJ_MM_TT und sind ganze Zahlen.")
            raise PydanticCustomError("population", text) from error
        return self


class TownEntry(Located):
    name: kinds.Word
    ags: kinds.TownKey
    slug: kinds.Slug
    plz: kinds.Plz | None = None
    population: kinds.Count | None = None
    population_on: date | None = None


class DeskEntry(Entry):
    """A seat: a desk is booked by half-days, a room or booth by half-hours; the least rank is offered first."""

    number: kinds.Number
    kind: Literal["desk", "room", "booth"] = "desk"
    name: kinds.DeskName = ""
    capacity: kinds.Number | None = None
    rank: kinds.Rank = 0
    note: kinds.Name | None = None


class ClosureEntry(Entry):
    first_on: date
    last_on: date
    reason: kinds.Note

    @model_validator(mode="after")
    def _in_order(self) -> ClosureEntry:
        if self.last_on < self.first_on:
            raise PydanticCustomError("closure", N_("Der letzte Tag liegt vor dem ersten."))
        return self


class SpaceEntry(Located):
    """A space. A key that is missing says nothing, one that is null says: unknown."""

    slug: kinds.Slug
    name: kinds.Name
    town: kinds.Word
    operator: kinds.Name | None = None
    timezone: kinds.Timezone = "Europe/Berlin"
    address: kinds.Note | None = None
    plz: kinds.Plz | None = None
    offer: kinds.Text | None = None
    arrival: kinds.Text | None = None
    phone: kinds.Phone | None = None
    url: kinds.Url | None = None
    since: kinds.Since | None = None
    status: kinds.Note | None = None
    source: kinds.Line | None = None
    equipment: Annotated[list[kinds.Word], Field(max_length=40)] = []
    price_cents: kinds.Cents | None = None
    half_hour_price_cents: kinds.Cents | None = None
    stop: kinds.Note | None = None
    bike_box: kinds.Note | None = None
    safety: kinds.SafetyFacts = {}
    safety_checked_on: date | None = None
    sample: bool = False
    open_on_holidays: bool = False
    hours: dict[kinds.Weekday, kinds.DayHours | None] | None = None
    desks: Annotated[list[DeskEntry], Field(max_length=1000)] | None = None
    closures: Annotated[list[ClosureEntry], Field(max_length=400)] | None = None
    # Facts of the county's file that make no seat bookable: checked for their kind, not kept.
    seats: kinds.Count | None = None
    seats_text: kinds.Note | None = None
    rooms: kinds.Count | None = None
    opening_hours: kinds.Note | None = None
    price: Any = None


class CountyFile(Entry):
    """The whole file. What it says about commuters and neighbours is left aside."""

    county: CountyEntry | None = None
    towns: list[TownEntry] = []
    spaces: list[SpaceEntry]
    as_of: date | None = None
    note: str | None = None
    sources: Any = None
    destinations: Any = None
    flows: Any = None
    emission_factors: Any = None
    neighbouring_spaces: Any = None
