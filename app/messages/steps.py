"""The part of a write that sends something: one row, written with the change that causes it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert

from app.extensions import db
from app.messages.models import Message

# How long it is remembered that something was sent, for the question "did my mail go out?".
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Draft:
    """What shall go out. `kind` names the templates, `payload` their variables.

    Dates, moments and UUIDs may stand in the payload as they are; a moment is shown in the zone that it carries, so
    give it the space's. They come back by name: `date` as a day, `…_at` as a moment, everything else as written.
    """

    kind: str
    person_id: int | None
    to: str
    language: str
    payload: dict[str, Any]
    due_at: datetime | None = None


def write(draft: Draft, *, now: datetime) -> None:
    """Put a message into the queue; the worker sends it as soon as this transaction is committed and it is due."""
    row = {
        "kind": draft.kind,
        "person_id": draft.person_id,
        "to": draft.to,
        "language": draft.language,
        "payload": _plain(draft.payload),
        "made_at": now,
        "due_at": draft.due_at or now,
        "tries": 0,
    }
    db.session.execute(insert(Message).values(row))


def forget(person_id: int) -> None:
    """Delete what was sent to a person and what still waits; write their farewell after this, without their id."""
    db.session.execute(delete(Message).where(Message.person_id == person_id))


def sweep(*, now: datetime) -> int:
    """Delete messages that were done with 30 days ago. Returns how many."""
    old = delete(Message).where(Message.due_at.is_(None), Message.made_at < now - KEPT)
    return db.session.execute(old).rowcount  # type: ignore[attr-defined,no-any-return]


def _plain(value: Any) -> Any:
    """Return `value` as JSON can carry it."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value
