"""Which spaces somebody acts for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, false, func, or_, select, type_coerce

from app.errors import NotFound
from app.extensions import db
from app.people.models import Address, Person
from app.places.models import Town
from app.spaces.models import Host, Space
from app.spaces.queries.directory import UnknownSpace


@dataclass(frozen=True, slots=True)
class HostedSpace:
    """A space, public or not, as those who act for it find it."""

    id: int
    slug: str
    name: str
    town: str
    timezone: str
    operator_id: int | None
    state: str
    is_sample: bool
    is_operators: bool = False  # the person acts for its operator, with all its spaces


def slug_of(space_id: int) -> str:
    """Return the name that the audit knows a space by. Refuses: `NotFound`."""
    slug = db.session.execute(select(Space.slug).where(Space.id == space_id)).scalar_one_or_none()
    if slug is None:
        raise NotFound
    return slug


def _hosted(person_id: int) -> Select[*tuple[Any, ...]]:
    own = select(Host.operator_id).where(Host.person_id == person_id, Host.operator_id.is_not(None))
    return (
        select(
            Space.id,
            Space.slug,
            Space.name,
            Town.name,
            Space.timezone,
            Space.operator_id,
            Space.state,
            Space.is_sample,
            type_coerce(func.coalesce(Space.operator_id.in_(own), false()), Boolean),
        )
        .join(Town, Town.id == Space.town_id)
        .where(
            Space.state != "applied",
            or_(
                Space.id.in_(select(Host.space_id).where(Host.person_id == person_id)),
                Space.operator_id.in_(own),
            ),
        )
        .order_by(Town.name, Space.name)
    )


def hosted(person_id: int) -> list[HostedSpace]:
    """Return the spaces that a person acts for, by town and name; what is only offered yet is none."""
    return [HostedSpace(*row) for row in db.session.execute(_hosted(person_id))]


def hosted_space(person_id: int, slug: str) -> HostedSpace:
    """Return a space that the person acts for. Refuses: `UnknownSpace`, for a foreign one too."""
    row = db.session.execute(_hosted(person_id).where(Space.slug == slug)).one_or_none()
    if row is None:
        raise UnknownSpace
    return HostedSpace(*row)


@dataclass(frozen=True, slots=True)
class HostFacts:
    """Who acts for a space, or for all spaces of its operator. `email` is the first address."""

    id: int
    person_id: int
    name: str
    email: str | None
    is_for_all: bool


def acting_for(space_id: int, operator_id: int | None) -> ColumnElement[bool]:
    """Narrow to the hosts of a space, and of its operator if it has one."""
    of_space = Host.space_id == space_id
    return of_space if operator_id is None else or_(of_space, Host.operator_id == operator_id)


def hosts_of(space: HostedSpace) -> list[HostFacts]:
    """Return everybody who acts for a space, oldest first."""
    email = select(Address.email).where(Address.person_id == Person.id).order_by(Address.id).limit(1).scalar_subquery()
    rows = db.session.execute(
        select(Host.id, Person.id, Person.name, email, Host.operator_id.is_not(None))
        .join(Person, Person.id == Host.person_id)
        .where(acting_for(space.id, space.operator_id))
        .order_by(Host.id)
    )
    return [HostFacts(*row) for row in rows]
