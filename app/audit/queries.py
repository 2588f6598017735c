"""Who changed or looked at what, for those whom it concerns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

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
    """Whom entries may concern: a person under both names, and what the person acts for, as (kind, ids).

    `whiles` are what the person belonged to for a time only.
    """

    id: int
    public_id: str
    subjects: Collection[tuple[str, Collection[str]]]
    whiles: Collection[While] = ()


@dataclass(frozen=True, slots=True)
class While:
    """Entries about something concern the reader from one moment until before another; None = without end."""

    kind: str
    id: str
    since: datetime
    until: datetime | None


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
    is_about += [_happened_in(each) for each in reader.whiles]
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
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .offset(skip)
        .limit(limit)
    )
    return [EntryFacts(*row) for row in rows]


def _happened_in(span: While) -> ColumnElement[bool]:
    about = (AuditEntry.subject_kind == span.kind, AuditEntry.subject_id == span.id, AuditEntry.at >= span.since)
    return and_(*about, AuditEntry.at < span.until) if span.until else and_(*about)


def is_written(*, actor: str, action: str, subject: tuple[str, str], since: datetime) -> bool:
    """Whether such an entry was added since a moment."""
    kind, subject_id = subject
    same = (AuditEntry.actor == actor, AuditEntry.action == action, AuditEntry.at >= since)
    about = (AuditEntry.subject_kind == kind, AuditEntry.subject_id == subject_id)
    return db.session.execute(select(AuditEntry.id).where(*same, *about).limit(1)).first() is not None
