"""People, the addresses they prove, their sign-in codes and sessions."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment


class Person(Model):
    """Somebody who signs in. `version` rises with every change of what their phone shows: the snapshot's ETag."""

    __tablename__ = "people"
    __table_args__ = (CheckConstraint("language IN ('de', 'en')", name="language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(2), default="de")
    made_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)
    # Hosts and officers get short sessions; set by whoever appoints them.
    acts_for_others: Mapped[bool] = mapped_column(default=False)


class Address(Model):
    """An e-mail address that its person has proved; a given-up one is deleted and signs nobody in."""

    __tablename__ = "addresses"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower case
    verified_at: Mapped[datetime] = mapped_column(Moment)


class SignInCode(Model):
    """An 8-digit code on its way to an address; with `person_id` it adds the address to that person instead."""

    __tablename__ = "sign_in_codes"
    __table_args__ = (
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),
        UniqueConstraint("email", "number"),
        Index("ix_sign_in_codes_email_made_at", "email", "made_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    number: Mapped[int]  # counts the codes of an address, so that two made at once know of each other
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    asker: Mapped[str] = mapped_column(String(64))  # digest of the browser or person that may type the code
    digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class Session(Model):
    """One signed-in browser. Only the token's digest is kept."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str] = mapped_column(String(60), default="")
    made_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
