"""Which spaces somebody acts for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, select

from app.extensions import db
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


def _hosted(person_id: int) -> Select[*tuple[Any, ...]]:
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
        )
        .join(Town, Town.id == Space.town_id)
        .where(
            or_(
                Space.id.in_(select(Host.space_id).where(Host.person_id == person_id)),
                Space.operator_id.in_(select(Host.operator_id).where(Host.person_id == person_id)),
            )
        )
        .order_by(Town.name, Space.name)
    )


def hosted(person_id: int) -> list[HostedSpace]:
    """Return the spaces that a person acts for, by town and name."""
    return [HostedSpace(*row) for row in db.session.execute(_hosted(person_id))]


def hosted_space(person_id: int, slug: str) -> HostedSpace:
    """Return a space that the person acts for. Refuses: `UnknownSpace`, for a foreign one too."""
    row = db.session.execute(_hosted(person_id).where(Space.slug == slug)).one_or_none()
    if row is None:
        raise UnknownSpace
    return HostedSpace(*row)
