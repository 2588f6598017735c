"""Who acts for which employer, and who works there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select

from app import clock
from app.employers.models import AGENT, MEMBER, Employer, Employment
from app.errors import NotFound
from app.extensions import execute
from app.people.models import Address, Person

# Employments begin and end with the days of this zone.
TIMEZONE = "Europe/Berlin"
# Of fewer people a number would lead to one of them.
FEWEST = 5


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
    invoice_email: str | None
    domain: str | None
    vouched_at: datetime | None
    codetermined_on: date | None
    codetermined_by: str | None
    counts_since: datetime | None
    ended_at: datetime | None

    @property
    def is_proved(self) -> bool:
        """Whether it is known that they are who they say: by their mail domain, or by the county."""
        return self.domain is not None or self.vouched_at is not None

    @property
    def may_invite(self) -> bool:
        return self.is_proved and self.codetermined_on is not None and self.ended_at is None


@dataclass(frozen=True)
class AgentFacts:
    """Somebody who acts for an employer. `id` is that of the employment."""

    id: int
    person_id: int
    name: str
    email: str | None


@dataclass(frozen=True)
class Job:
    """Where a person works, and what the employer knows of them."""

    id: int
    employer_id: int
    slug: str
    employer: str
    counts_since: datetime | None
    email: str | None
    cost_centre: str | None
    starts_on: date


@dataclass(frozen=True)
class Listed:
    """An employer as the county sees it."""

    slug: str
    name: str
    town: str | None
    domain: str | None
    vouched_at: datetime | None
    codetermined_on: date | None
    made_at: datetime
    agents: int


_COLUMNS = [getattr(Employer, name) for name in EmployerFacts.__dataclass_fields__]


def today(now: datetime) -> date:
    return clock.local_day(now, TIMEZONE)


def acted_for(person_id: int, *, on: date) -> list[EmployerFacts]:
    """Return the employers that a person acts for, by name."""
    rows = execute(
        select(*_COLUMNS)
        .join(Employment, Employment.employer_id == Employer.id)
        .where(Employment.person_id == person_id, Employment.role == AGENT, *holds(on))
        .order_by(Employer.name, Employer.id)
    )
    return [EmployerFacts(*row) for row in rows]


def acting(person_id: int, slug: str, *, on: date) -> EmployerFacts:
    """Return the employer of that name if the person acts for it. Refuses: `NotFound`, also for somebody else's."""
    found = next((each for each in acted_for(person_id, on=on) if each.slug == slug), None)
    if found is None:
        raise NotFound
    return found


def employer(employer_id: int) -> EmployerFacts:
    """Return an employer, whoever asks."""
    return EmployerFacts(*execute(select(*_COLUMNS).where(Employer.id == employer_id)).one())


def agents(employer_id: int, *, on: date) -> list[AgentFacts]:
    """Return who acts for an employer, longest first. The address is their first one."""
    first = (
        select(Address.email)
        .where(Address.person_id == Person.id)
        .order_by(Address.id)
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )
    rows = execute(
        select(Employment.id, Person.id, Person.name, first)
        .join(Person, Person.id == Employment.person_id)
        .where(Employment.employer_id == employer_id, Employment.role == AGENT, *holds(on))
        .order_by(Employment.id)
    )
    return [AgentFacts(*row) for row in rows]


def jobs(person_id: int, *, on: date) -> list[Job]:
    """Return where a person works, by the employer's name."""
    rows = execute(
        select(
            *(Employment.id, Employer.id, Employer.slug, Employer.name, Employer.counts_since),
            *(Employment.email, Employment.cost_centre, Employment.starts_on),
        )
        .join(Employer, Employer.id == Employment.employer_id)
        .where(Employment.person_id == person_id, Employment.role == MEMBER, *holds(on))
        .order_by(Employer.name, Employer.id)
    )
    return [Job(*row) for row in rows]


def count_members(employer_id: int, *, on: date) -> int:
    """Count who works there on a day."""
    works_there = (Employment.employer_id == employer_id, Employment.role == MEMBER, *holds(on))
    return int(execute(select(func.count()).select_from(Employment).where(*works_there)).scalar_one())


def member_ids(employer_id: int, *, on: date) -> list[int]:
    """Return who works there on a day, the longest first."""
    works_there = (Employment.employer_id == employer_id, Employment.role == MEMBER, *holds(on))
    return list(execute(select(Employment.person_id).where(*works_there).order_by(Employment.id)).scalars())


def worked_for(person_id: int) -> list[tuple[str, date, date | None]]:
    """Return for whom a person works or worked, as long as that is kept: slug, first day, first day no longer."""
    joined = select(Employer.slug, Employment.starts_on, Employment.ends_on).join(
        Employment, Employment.employer_id == Employer.id
    )
    rows = execute(joined.where(Employment.person_id == person_id, Employment.role == MEMBER).order_by(Employment.id))
    return [(row.slug, row.starts_on, row.ends_on) for row in rows]


def listed(*, on: date) -> Sequence[Listed]:
    """Return all employers by name, with the number of those who act for them."""
    acts = (
        select(func.count(Employment.id))
        .where(Employment.employer_id == Employer.id, Employment.role == AGENT, *holds(on))
        .correlate(Employer)
        .scalar_subquery()
    )
    rows = execute(
        select(
            *(Employer.slug, Employer.name, Employer.town, Employer.domain, Employer.vouched_at),
            *(Employer.codetermined_on, Employer.made_at, acts),
        )
        .where(Employer.ended_at.is_(None))
        .order_by(Employer.name, Employer.id)
    )
    return [Listed(*row) for row in rows]


def holds(on: date) -> tuple[ColumnElement[bool], ...]:
    """Narrow to employments that hold on a day."""
    return Employment.starts_on <= on, or_(Employment.ends_on.is_(None), Employment.ends_on > on)
