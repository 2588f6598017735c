"""What every change by a host begins and ends with: the right to make it, a lock, and an entry in the audit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.audit import steps as audit
from app.extensions import db
from app.people.steps import public_id
from app.spaces.models import Space
from app.spaces.queries import hosting


@dataclass(frozen=True)
class Kept:
    """A space whose row is locked until the transaction ends, and the public id of who changes it."""

    space: Space
    actor: str


def lock_space(space_id: int) -> Space:
    """Lock a space and read it anew."""
    row = select(Space).where(Space.id == space_id).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(row).one()


def lock_hosted(slug: str, person_id: int) -> Kept:
    """Lock a space for a change by one of its hosts. Refuses: `UnknownSpace`, for everybody else too."""
    found = hosting.hosted_space(person_id, slug)
    return Kept(lock_space(found.id), public_id(person_id))


def write_down(kept: Kept, action: str, detail: dict[str, Any], *, now: datetime) -> None:
    """End a change: caches look again, and the audit says who did what."""
    kept.space.version += 1
    db.session.flush()
    audit.record(actor=kept.actor, action=action, subject=("space", kept.space.slug), detail=detail, now=now)
