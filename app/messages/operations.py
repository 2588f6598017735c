"""Claiming what is due and settling what became of it. Sending (`steps.send`) lies between, in no transaction."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from app import transaction
from app.extensions import db
from app.messages.models import Message
from app.messages.queries import Claimed, is_open
from app.messages.steps import TRIES, Outcome

log = logging.getLogger(__name__)

# Longer than the slowest conversation with a mail server, so that nobody takes over what is still being sent.
LEASE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)


@transaction.write
def claim(*, worker: str, now: datetime) -> Claimed | None:
    """Take the message that has waited longest, for this worker alone until its lease ends.

    The try counts from here, so that a message which kills its worker is given up one day too. Returns None when
    nothing is due, or when another worker was quicker by a moment.
    """
    waiting = select(Message.id).where(is_open(now)).order_by(Message.due_at, Message.id).limit(1)
    oldest = waiting.correlate(None).scalar_subquery()  # a question of its own, not about the row that is changed
    taken = db.session.execute(
        update(Message)
        .where(Message.id == oldest, is_open(now))
        .values(claimed_by=worker, claimed_until=now + LEASE, tries=Message.tries + 1)
        .returning(
            Message.id,
            Message.kind,
            Message.to,
            Message.language,
            Message.payload,
            Message.made_at,
            Message.tries,
        )
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return Claimed(*taken) if taken else None


@transaction.write
def settle(*, message: Claimed, outcome: Outcome, worker: str, now: datetime) -> None:
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
    if outcome.state == "refused" or message.tries >= TRIES:
        log.warning("message %s (%s) was given up: %s", message.id, message.kind, error)
        return {**done, "failed_at": now, "last_error": error}
    log.info("message %s (%s) waits: %s", message.id, message.kind, error)
    return {"due_at": now + _pause(message.tries), "last_error": error}


def _pause(tries: int) -> timedelta:
    """Return how long to wait after so many tries: a minute, then twice as long each time, at most six hours."""
    return min(timedelta(minutes=2 ** (tries - 1)), LONGEST_PAUSE)
