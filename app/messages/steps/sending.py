"""The worker's try to send a mail."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.config import Config
from app.messages import mail, post
from app.messages.post import Post
from app.messages.queries import Claimed

log = logging.getLogger(__name__)

# With pauses of 1, 2, 4 … 256 minutes and then 6 hours, the last try is about two days after the first.
TRIES = 17


@dataclass(frozen=True)
class Outcome:
    """What became of one try.

    "unreachable" says that the next message would fare no better, "withdrawn" that there is nothing to say any more,
    "gone" that the phone shows no messages any more. `again_at`: when whoever deferred it wants to be asked again.
    """

    state: Literal["sent", "withdrawn", "gone"] | post.State
    error: str | None = None
    again_at: datetime | None = None


def way_out(settings: Config) -> Post:
    """Return the way that mail takes: the mail server of the settings, else a folder. Refuses: `ConfigError`."""
    return post.way_out(settings)


def send(message: Claimed, *, way: Post, now: datetime) -> Outcome:
    """Try to send one message. Whatever goes wrong becomes an outcome; it must not hold up the next one."""
    if message.is_late(now):
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
