"""Who changed or looked at what, for those whom it concerns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select

from app.audit.models import AuditEntry
from app.extensions import db


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """One entry, as it was written."""

    at: datetime
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class Reader:
    """Whom entries may concern: a person under both names, and what the person acts for, as (kind, ids)."""

    id: int
    public_id: str
    subjects: Collection[tuple[str, Collection[str]]]


def entries_for(reader: Reader, *, skip: int, limit: int) -> list[EntryFacts]:
    """Return at most `limit` entries after the first `skip`, newest first.

    They concern the reader as the one who acted, as the one it was done to, or by what the reader acts for. What the
    reader did to other people is told once, by what it was done through.
    """
    names = [reader.public_id, str(reader.id)]
    own = [("person", names), *reader.subjects]
    is_own = and_(
        AuditEntry.actor == reader.public_id, or_(AuditEntry.subject_kind != "person", AuditEntry.subject_id.in_(names))
    )
    is_about = [and_(AuditEntry.subject_kind == kind, AuditEntry.subject_id.in_(ids)) for kind, ids in own]
    is_named = AuditEntry.detail["person"].as_string() == str(reader.id)
    rows = db.session.execute(
        select(
            AuditEntry.at,
            AuditEntry.actor,
            AuditEntry.action,
            AuditEntry.subject_kind,
            AuditEntry.subject_id,
            AuditEntry.detail,
        )
        .where(or_(is_own, is_named, *is_about))
        .order_by(AuditEntry.id.desc())
        .offset(skip)
        .limit(limit)
    )
    return [EntryFacts(*row) for row in rows]


def is_written(*, actor: str, action: str, subject: tuple[str, str], since: datetime) -> bool:
    """Whether such an entry was added since a moment."""
    kind, subject_id = subject
    same = (AuditEntry.actor == actor, AuditEntry.action == action, AuditEntry.at >= since)
    about = (AuditEntry.subject_kind == kind, AuditEntry.subject_id == subject_id)
    return db.session.execute(select(AuditEntry.id).where(*same, *about).limit(1)).first() is not None
