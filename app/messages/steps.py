"""What others use of messages: a row written with the change that causes it, and the worker's try to send it."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, insert

from app.config import Config
from app.extensions import db, table
from app.messages import mail, post
from app.messages.models import Message
from app.messages.post import Post
from app.messages.queries import Claimed
from app.statements import Prepared

__all__ = ["Draft", "Outcome", "Post", "forget", "send", "sweep", "way_out", "write"]
log = logging.getLogger(__name__)

# How long it is remembered that something was sent, for the question "did my mail go out?".
KEPT = timedelta(days=30)
# With pauses of 1, 2, 4 … 256 minutes and then 6 hours, the last try is about two days after the first.
TRIES = 17


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


@dataclass(frozen=True)
class Outcome:
    """What became of one try. "unreachable" says that the next message would fare no better."""

    state: Literal["sent"] | post.State
    error: str | None = None


# Part of every booking, so put together once.
_INSERT = Prepared(insert(table(Message)))


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
    _INSERT.run(row)


def forget(person_id: int) -> None:
    """Delete what was sent to a person and what still waits; write their farewell after this, without their id."""
    db.session.execute(delete(Message).where(Message.person_id == person_id))


def sweep(*, now: datetime) -> int:
    """Delete messages that were done with 30 days ago. Returns how many."""
    old = delete(Message).where(Message.due_at.is_(None), Message.made_at < now - KEPT)
    return db.session.execute(old).rowcount  # type: ignore[attr-defined,no-any-return]


def way_out(settings: Config) -> Post:
    """Return the way that mail takes: the mail server of the settings, else a folder. Refuses: `ConfigError`."""
    return post.way_out(settings)


def send(message: Claimed, *, way: Post, now: datetime) -> Outcome:
    """Try to send one message. Whatever goes wrong becomes an outcome; it must not hold up the next one."""
    if message.minutes is not None and now > message.made_at + timedelta(minutes=message.minutes):
        return Outcome("refused", "too late to be of use")
    if message.tries > TRIES:
        return Outcome("refused", "given up: its worker never came back")
    name = f"{message.made_at:%Y%m%dT%H%M%S}-{message.id:08}-{message.to.partition('@')[0]}-{message.kind}"
    try:
        letter = mail.compose(message)
    except Exception:
        # A template that fails is our mistake, and the next version may mend it.
        log.exception("message %s (%s) could not be written", message.id, message.kind)
        return Outcome("deferred", "could not be written; the log says why")
    try:
        way.send(letter, name)
    except post.Trouble as error:
        return Outcome(error.state, str(error))
    return Outcome("sent")


def _plain(value: Any) -> Any:
    """Return `value` as JSON can carry it."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value
