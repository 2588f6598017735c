"""Who acts for which employer, and who works there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select

from app.employers.models import AGENT, MEMBER, Employer, Employment
from app.errors import NotFound
from app.extensions import execute


@dataclass(frozen=True)
class EmployerFacts:
    """An employer as those see it who act for it. `counts_since`: since when counts per person are shown."""

    id: int
    slug: str
    name: str
    legal_name: str | None
    street: str | None
    plz: str | None
    town: str | None
    vat_id: str | None
    leitweg_id: str | None
    domain: str | None
    codetermined_on: date | None
    codetermined_by: str | None
    counts_since: datetime | None
    ended_at: datetime | None


_COLUMNS = [getattr(Employer, name) for name in EmployerFacts.__dataclass_fields__]


def acted_for(person_id: int, *, on: date) -> list[EmployerFacts]:
    """Return the employers that a person acts for, by name."""
    rows = execute(
        select(*_COLUMNS)
        .join(Employment, Employment.employer_id == Employer.id)
        .where(Employment.person_id == person_id, Employment.role == AGENT, *_holds(on))
        .order_by(Employer.name, Employer.id)
    )
    return [EmployerFacts(*row) for row in rows]


def acting(person_id: int, slug: str, *, on: date) -> EmployerFacts:
    """Return the employer of that name if the person acts for it. Refuses: `NotFound`, also for somebody else's."""
    found = next((each for each in acted_for(person_id, on=on) if each.slug == slug), None)
    if found is None:
        raise NotFound
    return found


def count_members(employer_id: int, *, on: date) -> int:
    """Count who works there on a day."""
    works_there = (Employment.employer_id == employer_id, Employment.role == MEMBER, *_holds(on))
    return int(execute(select(func.count()).select_from(Employment).where(*works_there)).scalar_one())


def _holds(on: date) -> tuple[ColumnElement[bool], ...]:
    return Employment.starts_on <= on, or_(Employment.ends_on.is_(None), Employment.ends_on > on)
