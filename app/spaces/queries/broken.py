"""What is broken at a space, and who hears of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from app.errors import NotFound
from app.extensions import db
from app.people.models import Address, Person
from app.spaces.models import Defect, Host, Space


@dataclass(frozen=True, slots=True)
class DefectFacts:
    """Something that is broken; who said so is not told."""

    id: int
    text: str
    has_photo: bool
    made_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Listener:
    """A host who hears of it by mail."""

    person_id: int
    name: str
    language: str
    email: str


def defects(space_id: int, *, since: datetime) -> list[DefectFacts]:
    """Return what is open, and what was settled after `since`; the newest first."""
    columns = (Defect.id, Defect.text, Defect.photo.is_not(None), Defect.made_at, Defect.settled_at)
    is_shown = or_(Defect.settled_at.is_(None), Defect.settled_at > since)
    rows = db.session.execute(
        select(*columns).where(Defect.space_id == space_id, is_shown).order_by(Defect.made_at.desc(), Defect.id.desc())
    )
    return [DefectFacts(*row) for row in rows]


def defect_photo(space_id: int, defect_id: int) -> bytes:
    """Return the photo of something broken, a WebP. Refuses: `NotFound`, also for another space."""
    is_it = (Defect.id == defect_id, Defect.space_id == space_id)
    photo = db.session.execute(select(Defect.photo).where(*is_it)).scalar_one_or_none()
    if photo is None:
        raise NotFound
    return photo


def said_since(person_id: int, since: datetime) -> int:
    """Count what a person has said is broken after `since`."""
    mine = select(func.count()).where(Defect.person_id == person_id, Defect.made_at > since)
    return db.session.execute(mine).scalar_one()


def has_host(space_id: int) -> bool:
    """Whether anybody acts for a space, by its operator too."""
    return bool(listeners(space_id))


def listeners(space_id: int) -> list[Listener]:
    """Return all who act for a space, by its operator too, with their first address."""
    operator_id = select(Space.operator_id).where(Space.id == space_id).scalar_subquery()
    acting = select(Host.person_id).where(or_(Host.space_id == space_id, Host.operator_id == operator_id))
    first = select(func.min(Address.id)).where(Address.person_id == Person.id).correlate(Person).scalar_subquery()
    rows = db.session.execute(
        select(Person.id, Person.name, Person.language, Address.email)
        .join(Address, Address.id == first)
        .where(Person.id.in_(acting))
        .order_by(Person.id)
    )
    return [Listener(*row) for row in rows]
