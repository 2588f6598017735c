"""What goes out: a row written with the change that causes it, sent later by the worker."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment


class Message(Model):
    """One mail, or one push to one phone. `due_at` is empty when nothing is left to do: sent, given up or withdrawn.

    The way is not decided yet where people choose it. What a reminder says is read from its booking when it is sent.
    """

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint("way IN ('mail', 'push')", name="way"),
        CheckConstraint("subscription_id IS NULL OR way = 'push'", name="subscription"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))  # names the templates messages/<kind>.txt and .html
    person_id: Mapped[int | None] = mapped_column(index=True)  # no key: a farewell outlives its person
    to: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)  # emptied when the message is done
    way: Mapped[str | None] = mapped_column(String(4))
    subscription_id: Mapped[int | None]  # no key: phones come and go
    booking_id: Mapped[int | None] = mapped_column(index=True)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)  # of no use after this
    made_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    claimed_by: Mapped[str | None] = mapped_column(String(60))
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    failed_at: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str | None] = mapped_column(String(300))
