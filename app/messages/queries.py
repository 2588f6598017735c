"""What waits to go out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from app.extensions import db
from app.messages.models import Message


@dataclass(frozen=True)
class Claimed:
    """A message that one worker has for itself until its lease ends."""

    id: int
    kind: str
    to: str
    language: str
    payload: dict[str, Any]
    made_at: datetime
    tries: int

    @property
    def minutes(self) -> int | None:
        """For how long it is of use: a code that nobody can enter any more would only confuse."""
        return self.payload.get("minutes")


@dataclass(frozen=True)
class Backlog:
    """How much should have gone out by now, and since when the oldest waits."""

    count: int
    oldest_due_at: datetime | None


def is_open(now: datetime) -> ColumnElement[bool]:
    """Whether a message is due and nobody has it."""
    return (Message.due_at <= now) & or_(Message.claimed_until.is_(None), Message.claimed_until < now)


def is_any_open(now: datetime) -> bool:
    return db.session.execute(select(Message.id).where(is_open(now)).limit(1)).first() is not None


def backlog(now: datetime) -> Backlog:
    count, oldest = db.session.execute(
        select(func.count(Message.id), func.min(Message.due_at)).where(Message.due_at <= now)
    ).one()
    return Backlog(count, oldest)
