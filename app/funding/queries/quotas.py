"""Quotas as those see them who grant them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.employers.models import Employment
from app.errors import NotFound
from app.extensions import execute, table
from app.funding.models import PERSON, Quota, QuotaPlace
from app.places.models import Town
from app.spaces.models import Space


@dataclass(frozen=True)
class QuotaFacts:
    """A quota with the names of its places; without any it can be used everywhere. None = no limit, or no end."""

    id: int
    name: str
    scope: str
    frame: str
    starts_on: date
    ends_on: date | None
    units: int | None
    cents: int | None
    has_rooms: bool
    carries: bool
    pays_no_show: bool
    pays_late: bool
    cost_centre: str | None
    made_at: datetime
    ended_at: datetime | None
    version: int
    places: tuple[str, ...] = ()

    @property
    def is_for_each(self) -> bool:
        return self.scope == PERSON

    def is_over(self, today: date) -> bool:
        """Whether nobody can book on it any more."""
        return self.ended_at is not None or (self.ends_on is not None and self.ends_on < today)


_quotas = table(Quota).c
_COLUMNS = [_quotas[name] for name in QuotaFacts.__dataclass_fields__ if name != "places"]


def quotas_of(employer_id: int) -> list[QuotaFacts]:
    """Return an employer's quotas, those that can be used first, then by name."""
    found = _read(_quotas.employer_id == employer_id)
    return sorted(found, key=lambda each: (each.ended_at is not None, each.name.casefold(), each.id))


def programme_quotas(programme_id: int) -> list[QuotaFacts]:
    """Return the quotas that are a programme's rules: what each person has, then the budget."""
    return sorted(_read(_quotas.programme_id == programme_id), key=lambda each: each.scope)


def quota_of(employer_id: int, quota_id: int) -> QuotaFacts:
    """Return one quota of an employer. Refuses: `NotFound`, also for somebody else's."""
    found = _read((_quotas.employer_id == employer_id) & (_quotas.id == quota_id))
    if not found:
        raise NotFound
    return found[0]


def quotas_about(person_id: int) -> dict[str, str]:
    """Return the quotas of everybody a person works or acts for, as names by id in text."""
    where = (table(Employment).c.person_id == person_id, table(Employment).c.ends_on.is_(None))
    own = select(table(Employment).c.employer_id).where(*where)
    rows = execute(select(_quotas.id, _quotas.name).where(_quotas.employer_id.in_(own)))
    return {str(row.id): row.name for row in rows}


def _read(which: Any) -> list[QuotaFacts]:
    rows = execute(select(*_COLUMNS).where(which)).all()
    places = _places([row.id for row in rows])
    return [QuotaFacts(**row._asdict(), places=tuple(sorted(places.get(row.id, ())))) for row in rows]


def _places(quota_ids: list[int]) -> dict[int, list[str]]:
    place, town, space = table(QuotaPlace).c, table(Town).c, table(Space).c
    rows = execute(
        select(place.quota_id, town.name, space.name)
        .select_from(table(QuotaPlace))
        .outerjoin(table(Town), town.id == place.town_id)
        .outerjoin(table(Space), space.id == place.space_id)
        .where(place.quota_id.in_(quota_ids))
    )
    found: dict[int, list[str]] = {}
    for quota_id, town_name, space_name in rows:
        found.setdefault(quota_id, []).append(town_name or space_name)
    return found
