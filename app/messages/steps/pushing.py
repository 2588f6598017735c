"""The worker's try to send a push."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from app.config import Config
from app.messages import parcels, vapid
from app.messages.parcels import Parcel
from app.messages.queries import Claimed
from app.messages.steps.sending import TRIES, Outcome
from app.messages.targets import Target

if TYPE_CHECKING:
    from app.messages.push import Pusher

log = logging.getLogger(__name__)


def push_key(settings: Config) -> str | None:
    """Return what browsers need to allow our pushes (base64url), None where none are sent. Refuses: `ConfigError`."""
    key = vapid.load(settings)
    return key.public if key else None


def pusher(settings: Config) -> Pusher | None:
    """Return what sends to push services, from any number of threads; None without a key. Refuses: `ConfigError`."""
    from app.messages.push import Pusher  # noqa: PLC0415 - only the worker needs what encrypts, and it is large

    key = vapid.load(settings)
    return Pusher(settings, key) if key else None


def pack(message: Claimed, *, now: datetime) -> Parcel | Outcome:
    """Write the push that a message becomes; an outcome where it is too late for that, or cannot be written."""
    if message.is_late(now):
        return Outcome("refused", "too late to be of use")
    if message.tries > TRIES:
        return Outcome("refused", "given up: its worker never came back")
    try:
        return parcels.compose(message, now=now)
    except Exception:
        # A template that fails is our mistake, and the next version may mend it.
        log.exception("push %s (%s) could not be written", message.id, message.kind)
        return Outcome("deferred", "could not be written; the log says why")


def push(parcel: Parcel, target: Target, *, pusher: Pusher, now: datetime) -> Outcome:
    """Try to send one push. Whatever goes wrong outside becomes an outcome."""
    try:
        said = pusher.send(target, parcel.body, ttl=parcel.ttl, topic=parcel.topic, urgency=parcel.urgency)
    except Exception:
        log.exception("a push could not be sent")
        return Outcome("deferred", "could not be sent; the log says why")
    if said.state == "unauthorised":
        log.error("a push service does not take our key: %s", said.error)
        return Outcome("deferred", said.error)
    return Outcome(said.state, said.error, now + said.retry_after if said.retry_after is not None else None)
