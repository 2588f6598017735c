"""Claiming what is due and settling what became of it. Sending (`steps.send`) lies between, in no transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from app import transaction
from app.extensions import db
from app.messages import steps
from app.messages.models import Message
from app.messages.queries import CLAIMED, Claimed, is_open
from app.messages.steps import Outcome

# Longer than the slowest conversation with a mail server, so that nobody takes over what is still being sent.
LEASE = timedelta(minutes=5)


@transaction.write
def claim(*, worker: str, now: datetime) -> Claimed | None:
    """Take the message that has waited longest, for this worker alone until its lease ends.

    The try counts from here, so that a message which kills its worker is given up one day too. Returns None when
    nothing is due, or when another worker was quicker by a moment.
    """
    taken = _take(worker, 1, "mail", now)
    return taken[0] if taken else None


@transaction.write
def claim_pushes(*, worker: str, limit: int, now: datetime) -> list[Claimed]:
    """Take at most `limit` pushes that are due, the longest due first, as `claim` takes a mail."""
    return _take(worker, limit, "push", now)


@transaction.write
def settle(*, message: Claimed, outcome: Outcome, worker: str, now: datetime) -> None:
    """Write down what became of a claimed message: done with, or due again after a longer pause."""
    steps.settle(message, outcome, worker=worker, now=now)


def _take(worker: str, limit: int, way: str, now: datetime) -> list[Claimed]:
    """Take what nobody has. The question which is oldest is one of its own, not about the rows that are changed."""
    waiting = select(Message.id).where(is_open(now, way)).order_by(Message.due_at, Message.id).limit(limit)
    taken = db.session.execute(
        update(Message)
        .where(Message.id.in_(waiting.correlate(None).scalar_subquery()), is_open(now, way))
        .values(claimed_by=worker, claimed_until=now + LEASE, tries=Message.tries + 1)
        .returning(*CLAIMED)
        .execution_options(synchronize_session=False)
    )
    return [Claimed(*row) for row in taken]
