"""Programmes as the officers see them who run them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.employers.models import Employer
from app.errors import NotFound
from app.extensions import execute, table
from app.funding.models import PERSON, POOL, Account, Entry, Programme, ProgrammeEmployer, ProgrammePerson, Quota
from app.places import queries as places
from app.places.models import Town
from app.places.queries import TownFacts

# By then all charges are decided: attendance at once, absence on the 14th day.
FROZEN_AFTER = timedelta(days=15)


@dataclass(frozen=True)
class ProgrammeFacts:
    """A programme. `frozen_units` and `frozen_cents` are what it had paid when its books were closed."""

    id: int
    slug: str
    name: str
    funder: str
    ags: str
    town: str
    starts_on: date
    ends_on: date
    is_for_all: bool
    share_percent: int
    invitation: int
    frozen_at: datetime | None
    frozen_units: int | None
    frozen_cents: int | None

    def state(self, today: date) -> str:
        if self.frozen_at is not None:
            return "frozen"
        if today < self.starts_on:
            return "coming"
        return "running" if today <= self.ends_on else "over"


@dataclass(frozen=True)
class Correction:
    """What was decided anew after a programme's books were closed: reason, number, half-days and cents more or less."""

    reason: str
    count: int
    units: int
    cents: int


@dataclass(frozen=True)
class OwnCorrection:
    """What an officer corrected by hand after the books were closed, and why in their words."""

    made_at: datetime
    units: int
    cents: int
    note: str


_programmes, _towns = table(Programme).c, table(Town).c
_FROM = {"ags": _towns.ags, "town": _towns.name}
_COLUMNS = [_FROM[name] if name in _FROM else _programmes[name] for name in ProgrammeFacts.__dataclass_fields__]
_ALL: Any = (
    select(*_COLUMNS)
    .join_from(table(Programme), table(Town), _towns.id == _programmes.town_id)
    .order_by(_programmes.starts_on.desc(), _programmes.id)
)


def programmes_before(person_id: int) -> list[ProgrammeFacts]:
    """Return the programmes of the towns that an officer acts for, the newest first; the county's officers see all."""
    keys = _keys(person_id)
    return [each for each in _read(_ALL) if _covers(keys, each.ags)]


def programme_before(person_id: int, slug: str) -> ProgrammeFacts:
    """Return one programme to an officer. Refuses: `NotFound`, for another town's too."""
    found = _read(_ALL.where(_programmes.slug == slug))
    if not found or not _covers(_keys(person_id), found[0].ags):
        raise NotFound
    return found[0]


def programme(slug: str) -> ProgrammeFacts:
    """Return a programme, whoever asks. Refuses: `NotFound`."""
    found = _read(_ALL.where(_programmes.slug == slug))
    if not found:
        raise NotFound
    return found[0]


def towns_before(person_id: int) -> list[TownFacts]:
    """Return for which towns, or the county, an officer can begin a programme. Refuses: `NotFound` for anybody else."""
    keys = _keys(person_id)
    if not keys:
        raise NotFound
    return [town for town in (*places.counties(), *places.towns()) if _covers(keys, town.ags)]


def to_freeze(today: date) -> list[ProgrammeFacts]:
    """Return the programmes whose books are to be closed."""
    return _read(_ALL.where(_programmes.frozen_at.is_(None), _programmes.ends_on <= today - FROZEN_AFTER))


def all_employers() -> Sequence[tuple[int, str]]:
    """Return the employers that can take part, as id and name."""
    employer = table(Employer).c
    rows = execute(select(employer.id, employer.name).where(employer.ended_at.is_(None)).order_by(employer.name))
    return [(row.id, row.name) for row in rows]


def employers_in(programme_id: int) -> list[str]:
    """Return the names of the employers that take part."""
    pairs, employer = table(ProgrammeEmployer).c, table(Employer).c
    rows = execute(
        select(employer.name)
        .join_from(table(ProgrammeEmployer), table(Employer), employer.id == pairs.employer_id)
        .where(pairs.programme_id == programme_id)
        .order_by(employer.name)
    )
    return [row.name for row in rows]


def count_invited(programme_id: int) -> int:
    """Count who came by the programme's own invitation."""
    people = table(ProgrammePerson).c
    return int(execute(select(func.count()).where(people.programme_id == programme_id)).scalar_one())


def takes_part(programme_id: int, person_id: int) -> bool:
    people = table(ProgrammePerson).c
    is_it = (people.programme_id == programme_id, people.person_id == person_id)
    return execute(select(people.person_id).where(*is_it)).first() is not None


def count_booked(programme_id: int) -> int:
    """Count the people for whom a programme has ever reserved anything."""
    account, quota = table(Account).c, table(Quota).c
    return int(
        execute(
            select(func.count(account.holder.distinct()))
            .join_from(table(Account), table(Quota), quota.id == account.quota_id)
            .where(quota.programme_id == programme_id, quota.scope == PERSON)
        ).scalar_one()
    )


def corrections(found: ProgrammeFacts) -> list[Correction]:
    """Return what was decided anew after the books were closed, by reason."""
    if found.frozen_at is None:
        return []
    account, quota, entry = table(Account).c, table(Quota).c, table(Entry).c
    rows = execute(
        select(entry.reason, func.count(), func.sum(entry.settled_units), func.sum(entry.settled_cents))
        .join_from(table(Entry), table(Account), account.id == entry.account_id)
        .join(table(Quota), quota.id == account.quota_id)
        .where(
            quota.programme_id == found.id,
            quota.scope == POOL,
            entry.made_at > found.frozen_at,
            entry.booking_uuid.is_not(None),
            entry.settled_units != 0,
        )
        .group_by(entry.reason)
        .order_by(entry.reason)
    )
    return [Correction(row[0], int(row[1]), int(row[2]), int(row[3])) for row in rows]


def sums_now(programme_id: int) -> tuple[int, int]:
    """Return the half-days and cents that a programme has paid by now, corrections included."""
    account, quota = table(Account).c, table(Quota).c
    sums = (func.coalesce(func.sum(account[f"settled_{unit}"]), 0) for unit in ("units", "cents"))
    joined = select(*sums).join_from(table(Account), table(Quota), quota.id == account.quota_id)
    units, cents = execute(joined.where(quota.programme_id == programme_id, quota.scope == POOL)).one()
    return int(units), int(cents)


def own_corrections(programme_id: int) -> list[OwnCorrection]:
    """Return what officers corrected by hand, oldest first."""
    account, quota, entry = table(Account).c, table(Quota).c, table(Entry).c
    rows = execute(
        select(entry.made_at, entry.settled_units, entry.settled_cents, entry.note)
        .join_from(table(Entry), table(Account), account.id == entry.account_id)
        .join(table(Quota), quota.id == account.quota_id)
        .where(quota.programme_id == programme_id, entry.note.is_not(None))
        .order_by(entry.id)
    )
    return [OwnCorrection(*row) for row in rows]


def programmes_about(person_id: int) -> list[str]:
    """Return the slugs of the programmes that a person runs or takes part in by invitation."""
    people = table(ProgrammePerson).c
    invited = select(people.programme_id).where(people.person_id == person_id)
    rows = execute(select(_programmes.slug).where(_programmes.id.in_(invited)))
    return sorted({row.slug for row in rows} | {each.slug for each in programmes_before(person_id)})


def _keys(person_id: int) -> list[str]:
    return [each.ags for each in places.officers([person_id])]


def _covers(keys: Sequence[str], ags: str) -> bool:
    """Whether one of these official keys is that of the town, or of its county, with which the town's begins."""
    return any(ags.startswith(key) for key in keys)


def _read(statement: Any) -> list[ProgrammeFacts]:
    return [ProgrammeFacts(*row) for row in execute(statement)]
