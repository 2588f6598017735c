"""What the workers note about themselves: who lives, and what has been done tonight. Not part of a backup."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment


class Worker(Model):
    """One running worker process, which says every few seconds that it lives."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)


class NightlyTask(Model):
    """Work of the night: when it is due next, who does it now, and how it went."""

    __tablename__ = "nightly_tasks"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(Moment)
    claimed_by: Mapped[str | None] = mapped_column(String(60))
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    failed_at: Mapped[datetime | None] = mapped_column(Moment)  # empty again after a night that went well
    result: Mapped[str | None] = mapped_column(String(300))
