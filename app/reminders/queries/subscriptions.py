"""The browsers that show somebody's messages."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select

from app.errors import NotFound
from app.extensions import db
from app.messages.models import Message
from app.messages.queries import TRIAL
from app.messages.steps import Target
from app.reminders.models import PushSubscription

State = Literal["waiting", "sent", "gone", "refused", "deferred"]


def endpoint_digest(endpoint: str) -> str:
    """Return what a subscription is found by; its endpoint is too long for an index."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


@dataclass(frozen=True)
class Phone:
    """A browser that shows messages, as its person sees it in a list.

    `digest`: of its endpoint; `sent_at`: when the last one left for it.
    """

    id: int
    browser: str
    digest: str
    made_at: datetime
    sent_at: datetime | None


def phones(person_id: int) -> list[Phone]:
    """Return the browsers that show a person's messages, the latest first."""
    own = select(
        PushSubscription.id,
        PushSubscription.browser,
        PushSubscription.digest,
        PushSubscription.made_at,
        PushSubscription.sent_at,
    ).where(PushSubscription.person_id == person_id)
    return [Phone(*row) for row in db.session.execute(own.order_by(PushSubscription.id.desc()))]


def targets(subscription_ids: Collection[int]) -> dict[int, Target]:
    """Return where these browsers take messages, by id; those that ended are missing."""
    rows = db.session.execute(
        select(PushSubscription.id, PushSubscription.endpoint, PushSubscription.p256dh, PushSubscription.auth).where(
            PushSubscription.id.in_(subscription_ids)
        )
    )
    return {number: Target(*target) for number, *target in rows}


def trial_state(*, person_id: int, message_id: int) -> State:
    """Return what became of a trial push. Refuses: `NotFound` for every message that is no trial of this person."""
    row = db.session.execute(
        select(Message.due_at, Message.sent_at, Message.failed_at, Message.last_error, Message.subscription_id).where(
            Message.id == message_id, Message.person_id == person_id, Message.kind == TRIAL
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.sent_at is not None:
        return "sent"
    if row.due_at is not None:
        return "deferred" if row.last_error else "waiting"
    return "refused" if row.subscription_id in targets([row.subscription_id]) else "gone"
