"""What waits to go out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from app.extensions import db
from app.messages.models import Message
from app.messages.topics import CHECK_IN, EVENING, HOUR, TOPIC_OF, TOPICS, TRIAL, WAYS, Topic, Way

__all__ = [
    "CHECK_IN",
    "CLAIMED",
    "EVENING",
    "HOUR",
    "TOPICS",
    "TOPIC_OF",
    "TRIAL",
    "WAYS",
    "Backlog",
    "Claimed",
    "Topic",
    "Way",
    "backlog",
    "is_any_open",
    "is_open",
]


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
    person_id: int | None = None
    subscription_id: int | None = None
    booking_id: int | None = None
    expires_at: datetime | None = None

    def is_late(self, now: datetime) -> bool:
        """Whether it is of no use any more: a code that nobody can enter, a reminder of what has begun."""
        minutes = self.payload.get("minutes")
        return (minutes is not None and now > self.made_at + timedelta(minutes=minutes)) or (
            self.expires_at is not None and now >= self.expires_at
        )


# In the order of `Claimed`.
CLAIMED = (
    Message.id,
    Message.kind,
    Message.to,
    Message.language,
    Message.payload,
    Message.made_at,
    Message.tries,
    Message.person_id,
    Message.subscription_id,
    Message.booking_id,
    Message.expires_at,
)


@dataclass(frozen=True)
class Backlog:
    """How much should have gone out by now, and since when the oldest waits."""

    count: int
    oldest_due_at: datetime | None


def is_open(now: datetime, way: str | None = "mail") -> ColumnElement[bool]:
    """Whether a message is due that way and nobody has it. `way`: None for those whose way is not decided yet."""
    is_free = or_(Message.claimed_until.is_(None), Message.claimed_until < now)
    return (Message.due_at <= now) & is_free & (Message.way.is_(None) if way is None else Message.way == way)


def is_any_open(now: datetime, way: str | None = "mail") -> bool:
    return db.session.execute(select(Message.id).where(is_open(now, way)).limit(1)).first() is not None


def backlog(now: datetime) -> Backlog:
    count, oldest = db.session.execute(
        select(func.count(Message.id), func.min(Message.due_at)).where(Message.due_at <= now)
    ).one()
    return Backlog(count, oldest)
