"""Spaces that somebody offers, as the person and the officers see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select

from app.errors import N_, DomainError
from app.extensions import db
from app.people.models import Person
from app.places import queries as places
from app.places.models import Town
from app.spaces.models import Application, Host, Space
from app.spaces.queries.hosting import HostedSpace

OPEN = ("sent", "asked")


class UnknownApplication(DomainError):
    """Nobody offers such a space, or it is none of this person's business."""

    code = "unknown_application"
    status = 404
    message = N_("Diesen Antrag gibt es nicht (mehr). Schau in der Liste der Anträge nach.")


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """A space that somebody offers. `question` is what an officer asked, or why it was declined."""

    space_id: int
    slug: str
    space_name: str
    town: str
    ags: str
    is_sample: bool
    person_id: int | None
    person_name: str | None
    state: str
    note: str | None
    question: str | None
    made_at: datetime
    decided_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


_COLUMNS = (
    *(Space.id, Space.slug, Space.name, Town.name, Town.ags, Space.is_sample, Application.person_id, Person.name),
    *(Application.state, Application.note, Application.question, Application.made_at, Application.decided_at),
)
_ALL: Any = (
    select(*_COLUMNS)
    .join(Space, Space.id == Application.space_id)
    .join(Town, Town.id == Space.town_id)
    .outerjoin(Person, Person.id == Application.person_id)
    .order_by(Application.decided_at.is_not(None), Application.made_at)
)


def offered_by(person_id: int) -> list[ApplicationFacts]:
    """Return what a person offers or has offered, what waits first."""
    return _read(_ALL.where(Application.person_id == person_id))


def own_application(person_id: int, slug: str) -> ApplicationFacts:
    """Return what a person offers under this slug. Refuses: `UnknownApplication`."""
    return _one(_ALL.where(Application.person_id == person_id, Space.slug == slug))


def is_officer(person_id: int) -> bool:
    return bool(places.officers([person_id]))


def applications_before(person_id: int) -> list[ApplicationFacts]:
    """Return what is offered in the towns that an officer acts for, what waits first."""
    keys = _keys(person_id)
    return [each for each in _read(_ALL) if _covers(keys, each.ags)]


def application_before(person_id: int, slug: str) -> ApplicationFacts:
    """Return what is offered under this slug to an officer. Refuses: `UnknownApplication`, for another town too."""
    found = _one(_ALL.where(Space.slug == slug))
    if not _covers(_keys(person_id), found.ags):
        raise UnknownApplication
    return found


def without_host(person_id: int) -> list[HostedSpace]:
    """Return the public spaces that nobody looks after, in the towns that an officer acts for."""
    keys = _keys(person_id)
    nobody = ~exists().where(or_(Host.space_id == Space.id, Host.operator_id == Space.operator_id))
    rows = db.session.execute(
        select(Space.id, Space.slug, Space.name, Town.name, Space.timezone, Space.operator_id, Space.state)
        .add_columns(Space.is_sample, Town.ags)
        .join(Town, Town.id == Space.town_id)
        .where(Space.state != "applied", nobody)
        .order_by(Town.name, Space.name)
    )
    return [HostedSpace(*row[:-1]) for row in rows if _covers(keys, row.ags)]


def officers_of(ags: str) -> list[int]:
    """Return who decides over a space in the town with this key: its own officers, else those of the county."""
    known = places.officers()
    own = [each.person_id for each in known if each.ags == ags]
    return own or [each.person_id for each in known if ags.startswith(each.ags)]


def _keys(person_id: int) -> list[str]:
    return [each.ags for each in places.officers([person_id])]


def _covers(keys: Iterable[str], ags: str) -> bool:
    """Whether one of these official keys is that of the town, or of its county, with which the town's begins."""
    return any(ags.startswith(key) for key in keys)


def _read(statement: Any) -> list[ApplicationFacts]:
    return [ApplicationFacts(*row) for row in db.session.execute(statement)]


def _one(statement: Any) -> ApplicationFacts:
    found = _read(statement)
    if not found:
        raise UnknownApplication
    return found[0]
