"""The rules of quotas and programmes as they can be changed, and whom that meets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.employers.models import MEMBER, Employment
from app.extensions import execute, table
from app.funding.models import PERSON, Programme, ProgrammeEmployer, Quota, QuotaPlace
from app.funding.queries.standing import at_least


@dataclass(frozen=True)
class Rules:
    """What can be changed of a quota besides its amount, for what is booked from then on; towns and spaces by ids."""

    name: str
    has_rooms: bool = False
    carries: bool = False
    pays_no_show: bool = False
    pays_late: bool = False
    cost_centre: str | None = None
    towns: tuple[int, ...] = ()
    spaces: tuple[int, ...] = ()


@dataclass(frozen=True)
class ProgrammeRules:
    """What can be changed of a programme besides its amounts and its end. Employers, towns and spaces by their ids."""

    name: str
    funder: str
    is_for_all: bool
    share_percent: int
    has_rooms: bool = False
    pays_no_show: bool = False
    pays_late: bool = False
    employers: tuple[int, ...] = ()
    towns: tuple[int, ...] = ()
    spaces: tuple[int, ...] = ()

    @property
    def of_quotas(self) -> Rules:
        """The rules of its two quotas, which bear its name as far as it fits."""
        return Rules(name=self.name[:80], **{name: getattr(self, name) for name in _SHARED})


_PLACES = {"towns", "spaces"}
_QUOTA = [name for name in Rules.__dataclass_fields__ if name not in _PLACES]
_PROGRAMME = ("name", "funder", "is_for_all", "share_percent")
_SHARED = ("has_rooms", "pays_no_show", "pays_late", "towns", "spaces")


def rules_of(quota_id: int) -> Rules:
    """Return the rules of a quota."""
    quota, place = table(Quota).c, table(QuotaPlace).c
    row = execute(select(*(quota[name] for name in _QUOTA)).where(quota.id == quota_id)).one()
    places = execute(select(place.town_id, place.space_id).where(place.quota_id == quota_id)).all()
    return Rules(
        **row._asdict(),
        towns=tuple(sorted(each.town_id for each in places if each.town_id is not None)),
        spaces=tuple(sorted(each.space_id for each in places if each.space_id is not None)),
    )


def programme_rules(programme_id: int) -> ProgrammeRules:
    """Return the rules of a programme; its two quotas have the same."""
    programme, quota, pair = table(Programme).c, table(Quota).c, table(ProgrammeEmployer).c
    facts: Any = execute(select(*(programme[name] for name in _PROGRAMME)).where(programme.id == programme_id)).one()
    own = execute(select(quota.id).where(quota.programme_id == programme_id, quota.scope == PERSON)).scalar_one()
    rules = rules_of(own)
    employers = execute(select(pair.employer_id).where(pair.programme_id == programme_id))
    shared = {name: getattr(rules, name) for name in _SHARED}
    return ProgrammeRules(**facts._asdict(), **shared, employers=tuple(sorted(row.employer_id for row in employers)))


def people_of(employer_ids: Collection[int], *, today: date) -> int | None:
    """Count, in steps of five, the people who work for these employers; None below five."""
    work = table(Employment).c
    holds = (work.role == MEMBER, work.starts_on <= today, work.ends_on.is_(None) | (work.ends_on > today))
    count = select(func.count(work.person_id.distinct())).where(work.employer_id.in_(employer_ids), *holds)
    return at_least(int(execute(count).scalar_one()))
