"""The people who work somewhere, as their employer knows them: who they are, since when, and nothing they do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select

from app.employers.models import MEMBER, Employment
from app.employers.queries.acting import holds
from app.errors import NotFound
from app.extensions import execute
from app.people.models import Person


@dataclass(frozen=True)
class MemberFacts:
    """Somebody who works there. `email` is the address that the person chose to show; `id` is the employment's."""

    id: int
    person_id: int
    name: str
    email: str | None
    cost_centre: str | None
    starts_on: date


@dataclass(frozen=True)
class Members:
    """One page of the members, and how many there are in all."""

    rows: list[MemberFacts]
    count: int


_COLUMNS = (Employment.id, Person.id, Person.name, Employment.email, Employment.cost_centre, Employment.starts_on)


def members(employer_id: int, *, wanted: str, skip: int, limit: int, on: date) -> Members:
    """Return members by name; `wanted` is a part of name, address or cost centre, or empty."""
    which = (Employment.employer_id == employer_id, Employment.role == MEMBER, *holds(on), *_like(wanted))
    people = select(*_COLUMNS).join(Person, Person.id == Employment.person_id).where(*which)
    rows = execute(people.order_by(Person.name, Employment.id).offset(skip).limit(limit))
    count = select(func.count(Employment.id)).join(Person, Person.id == Employment.person_id).where(*which)
    return Members([MemberFacts(*row) for row in rows], int(execute(count).scalar_one()))


def member(employer_id: int, number: int, *, on: date) -> MemberFacts:
    """Return one member by the number of the employment. Refuses: `NotFound`."""
    which = (Employment.id == number, Employment.employer_id == employer_id, Employment.role == MEMBER, *holds(on))
    row = execute(select(*_COLUMNS).join(Person, Person.id == Employment.person_id).where(*which)).first()
    if row is None:
        raise NotFound
    return MemberFacts(*row)


def _like(wanted: str) -> tuple[ColumnElement[bool], ...]:
    if not wanted:
        return ()
    columns = (Person.name, Employment.email, Employment.cost_centre)
    return (or_(*(column.icontains(wanted, autoescape=True) for column in columns)),)
