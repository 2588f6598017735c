"""What became of a message that a worker had claimed."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from app.extensions import db
from app.messages.models import Message
from app.messages.queries import Claimed
from app.messages.steps.sending import TRIES, Outcome

log = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(hours=6)


def settle(message: Claimed, outcome: Outcome, *, worker: str, now: datetime) -> None:
    """Write down what became of a claimed message: done with, or due again after a longer pause."""
    change = _consequence(message, outcome, now)
    mine = Message.claimed_by == worker
    if outcome.state == "sent":
        mine = Message.due_at.is_not(None)  # it is out, whoever has the lease by now
    done = db.session.execute(
        update(Message)
        .where(Message.id == message.id, mine)
        .values(claimed_by=None, claimed_until=None, **change)
        .execution_options(synchronize_session=False)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        log.warning("message %s was taken over before this worker was done with it", message.id)


def _consequence(message: Claimed, outcome: Outcome, now: datetime) -> dict[str, Any]:
    done: dict[str, Any] = {"due_at": None, "payload": {}}
    error = outcome.error[:300] if outcome.error else None
    if outcome.state == "sent":
        return {**done, "sent_at": now, "last_error": None}
    if outcome.state == "withdrawn":
        return done
    if outcome.state in {"refused", "gone"} or message.tries >= TRIES:
        log.warning("message %s (%s) was given up: %s", message.id, message.kind, error)
        return {**done, "failed_at": now, "last_error": error}
    log.info("message %s (%s) waits: %s", message.id, message.kind, error)
    return {"due_at": outcome.again_at or now + _pause(message.tries), "last_error": error}


def _pause(tries: int) -> timedelta:
    """Return how long to wait after so many tries: a minute, then twice as long each time, at most six hours."""
    return min(timedelta(minutes=2 ** (tries - 1)), LONGEST_PAUSE)
