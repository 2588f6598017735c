"""What the public pages write: one thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app import transaction
from app.errors import N_, DomainError
from app.extensions import db
from app.messages import steps as messages
from app.messages.models import Message

MOST_AN_HOUR = 30


class TooMuchFeedback(DomainError):
    """The form is open to everybody, so what it can fill is limited."""

    code = "too_much_feedback"
    status = 429
    message = N_("Gerade kommen sehr viele Nachrichten an. Versuch es in einer Stunde noch einmal oder ruf an.")


@dataclass(frozen=True)
class Remark:
    """What somebody says about the app; empty name and address mean that they were not given."""

    name: str
    email: str
    message: str


@transaction.write
def send_feedback(*, remark: Remark, to: str, now: datetime) -> None:
    """Send a remark to whoever runs this installation; nothing else of it is kept. Refuses: `TooMuchFeedback`."""
    recent = select(func.count()).where(Message.kind == "feedback", Message.made_at > now - timedelta(hours=1))
    if (db.session.scalar(recent) or 0) >= MOST_AN_HOUR:
        raise TooMuchFeedback
    payload = {"from_name": remark.name, "from_email": remark.email, "message": remark.message}
    messages.write(messages.Draft("feedback", None, to, "de", payload), now=now)
