"""Signs at doors, the phones that scan them, and check-ins: facts that are recorded first and judged second."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment


class Sign(Model):
    """The posted code of a space. A replaced one keeps its row, so that old scans are understood."""

    __tablename__ = "signs"
    __table_args__ = (UniqueConstraint("space_id", "epoch"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id"))
    epoch: Mapped[int]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    short_code: Mapped[str] = mapped_column(String(9), unique=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    replaced_at: Mapped[datetime | None] = mapped_column(Moment)


class Display(Model):
    """A screen at a door whose code changes with the time. Only it and the server hold the key."""

    __tablename__ = "displays"

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))  # "Tablet am Eingang"
    code: Mapped[str] = mapped_column(String(20), unique=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(32))
    offset_seconds: Mapped[int] = mapped_column(default=0)  # its clock minus ours when it was last heard
    made_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


class PassKey(Model):
    """The public half of a key that signs passes. The private half is a file."""

    __tablename__ = "pass_keys"
    __table_args__ = (CheckConstraint("kid BETWEEN 0 AND 15", name="kid"),)

    kid: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(64))  # x, then y
    made_at: Mapped[datetime] = mapped_column(Moment)
    valid_from: Mapped[datetime] = mapped_column(Moment)
    retired_at: Mapped[datetime | None] = mapped_column(Moment)


class Device(Model):
    """One installation of the app, of a person or (with a space) of its hosts.

    What it last said about its unsent check-ins, and the key that signs them.
    """

    __tablename__ = "devices"
    __table_args__ = (
        CheckConstraint("space_id IS NULL OR person_id IS NULL", name="one_owner"),
        CheckConstraint("token_digest IS NULL OR space_id IS NOT NULL", name="token"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    pending: Mapped[int] = mapped_column(default=0)
    # Its check-ins up to this number are old and know the device no more, so none of them is missing.
    forgotten_seq: Mapped[int] = mapped_column(default=0, server_default="0")
    name: Mapped[str | None] = mapped_column(String(60))  # "iPhone", "Tablet am Empfang"
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary(64))  # P-256: x, then y
    key_made_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    # Of a host's device: the only space it may read and record for, and the digest of what it shows for it.
    space_id: Mapped[int | None] = mapped_column(ForeignKey("spaces.id"), index=True)
    token_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    # Which host set it up last; its token ends when that person no longer acts for the space.
    maker_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)


# Evidence that is only said: it proves no time.
WORDS = ("host_word", "own_word")
# What may speak against a check-in when it comes.
DOUBTS = ("bad_signature", "revoked_device", "wrong_window", "seat_taken", "space_closed")
_IS_UNDO = text("undoes IS NOT NULL")


class Announced(Model):
    """A check-in that a phone says it has, told with every contact: if it never comes, we know which one is missing."""

    __tablename__ = "announced"
    __table_args__ = (Index("ix_announced_person_id_day", "person_id", "day"),)

    device: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    day: Mapped[date]  # by the phone's clock
    announced_at: Mapped[datetime] = mapped_column(Moment)


class Checkin(Model):
    """One event as the phone recorded it, and what the server makes of it.

    The event's own columns never change. `effective_at` is the time the server judges by, `local_date` its day on
    the space's clock; verdict, reason, booking and `duplicate_of` are judged anew when an earlier event arrives late.
    """

    __tablename__ = "checkins"
    __table_args__ = (
        CheckConstraint("verdict IN ('accepted', 'flagged', 'rejected')", name="verdict"),
        CheckConstraint("kind IN ('check_in', 'check_out', 'walk_in', 'undo')", name="kind"),
        CheckConstraint("time_quality IN ('exact', 'corrected', 'uncertain')", name="time_quality"),
        CheckConstraint(f"doubt IN {DOUBTS}", name="doubt"),
        Index("ix_checkins_person_id_local_date", "person_id", "local_date"),
        Index("ix_checkins_device_seq", "device", "seq"),
        Index("ix_checkins_booking_id", "booking_id"),
        Index("ix_checkins_received_at", "received_at"),
        Index("ix_checkins_space_id_local_date", "space_id", "local_date"),
        Index("ix_checkins_undoes", "undoes", sqlite_where=_IS_UNDO, postgresql_where=_IS_UNDO),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    device: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    seq: Mapped[int | None]
    kind: Mapped[str | None] = mapped_column(String(9))  # NULL: the event could not be read
    body: Mapped[str | None] = mapped_column(Text)  # as received, at most 4 KiB; emptied on day+14
    body_digest: Mapped[str] = mapped_column(String(64))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("spaces.id"))
    sign_id: Mapped[int | None] = mapped_column(ForeignKey("signs.id"))
    claimed_booking: Mapped[uuid.UUID | None] = mapped_column(Uuid)  # what the phone thought
    captured_at: Mapped[datetime | None] = mapped_column(Moment)  # by the phone's clock; emptied on day+14
    sent_at: Mapped[datetime | None] = mapped_column(Moment)  # by the phone's clock; emptied on day+14
    received_at: Mapped[datetime] = mapped_column(Moment)
    effective_at: Mapped[datetime | None] = mapped_column(Moment)  # set to the day's start on day+14
    local_date: Mapped[date | None]
    time_quality: Mapped[str | None] = mapped_column(String(9))
    evidence: Mapped[str | None] = mapped_column(String(10))
    verdict: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(20))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"))
    duplicate_of: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    is_unowned: Mapped[bool] = mapped_column(default=False)
    is_signed: Mapped[bool] = mapped_column(default=False, server_default=false())  # by the key of its device
    doubt: Mapped[str | None] = mapped_column(String(20))  # what spoke against it when it came
    display_id: Mapped[int | None] = mapped_column(ForeignKey("displays.id"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))  # the host who said so
    undoes: Mapped[uuid.UUID | None] = mapped_column(Uuid)  # the event that an undo takes back


class GoneEvent(Model):
    """An event or a device of an erased person that may still be heard of: a salted digest of its id, for 90 days."""

    __tablename__ = "gone_events"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    made_on: Mapped[date] = mapped_column(index=True)


class Restore(Model):
    """This database came out of a backup: what phones sent since that was made, they are asked for again."""

    __tablename__ = "restores"

    id: Mapped[int] = mapped_column(primary_key=True)
    backup_made_at: Mapped[datetime] = mapped_column(Moment)
    restored_at: Mapped[datetime] = mapped_column(Moment)
