"""A row written with the change that causes it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert

from app.extensions import db, table
from app.messages.models import Message
from app.messages.topics import TOPIC_OF
from app.statements import Prepared

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
    booking_id: int | None = None
    expires_at: datetime | None = None


# Part of every booking, so put together once.
_INSERT = Prepared(insert(table(Message)))


def write(draft: Draft, *, now: datetime) -> None:
    """Put a message into the queue; the worker sends it as soon as this transaction is committed and it is due."""
    is_chosen = draft.person_id is not None and draft.kind in TOPIC_OF
    way = None if is_chosen else "mail"
    _INSERT.run({**_row(draft, now), "way": way, "booking_id": draft.booking_id})


def write_push(draft: Draft, *, subscription_id: int, now: datetime) -> int:
    """Put a push to one phone into the queue, whatever its person chose. Returns its id."""
    row = {**_row(draft, now), "way": "push", "subscription_id": subscription_id}
    return db.session.scalars(insert(Message).values(row).returning(Message.id)).one()


def _row(draft: Draft, now: datetime) -> dict[str, Any]:
    return {
        "kind": draft.kind,
        "person_id": draft.person_id,
        "to": draft.to,
        "language": draft.language,
        "payload": _plain(draft.payload),
        "expires_at": draft.expires_at,
        "made_at": now,
        "due_at": draft.due_at or now,
        "tries": 0,
    }


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
