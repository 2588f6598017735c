"""Who acts for spaces, how a space comes to be public, how one gets in, and what is broken there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment


class Host(Model):
    """A person who acts for an operator with all its spaces, or for one space."""

    __tablename__ = "hosts"
    __table_args__ = (
        CheckConstraint("(operator_id IS NULL) <> (space_id IS NULL)", name="one_scope"),
        UniqueConstraint("person_id", "operator_id"),
        UniqueConstraint("person_id", "space_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("spaces.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)


class Application(Model):
    """Somebody offers a space; an officer of its town or of the county approves, asks back or declines."""

    __tablename__ = "applications"
    __table_args__ = (
        CheckConstraint("state IN ('sent', 'asked', 'approved', 'declined')", name="state"),
        CheckConstraint("(state IN ('approved', 'declined')) = (decided_at IS NOT NULL)", name="decided"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id"), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(8), default="sent")
    note: Mapped[str | None] = mapped_column(Text)  # what the person adds
    question: Mapped[str | None] = mapped_column(Text)  # what the officer asks, or why it was declined
    made_at: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)


class Door(Model):
    """How people get in where nobody is on site. None of it is public, so it lives apart from the space."""

    __tablename__ = "doors"
    __table_args__ = (CheckConstraint("kind IN ('none', 'code', 'webhook')", name="kind"),)

    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(7), default="none")
    code: Mapped[str | None] = mapped_column(String(40))  # of the door or of the key safe
    hint: Mapped[str | None] = mapped_column(String(200))  # "Schlüsselkasten links neben der Tür"
    url: Mapped[str | None] = mapped_column(String(300))  # of the webhook
    secret: Mapped[str | None] = mapped_column(String(64))  # signs what the webhook is sent
    wifi_name: Mapped[str | None] = mapped_column(String(32))
    wifi_password: Mapped[str | None] = mapped_column(String(63))
    emergency_contact: Mapped[str | None] = mapped_column(String(120))


class Defect(Model):
    """Something is broken at a space; open until a host settles it."""

    __tablename__ = "defects"
    __table_args__ = (CheckConstraint("length(photo) <= 307200", name="photo"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(String(500))
    photo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
