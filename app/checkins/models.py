"""Signs at doors, the phones that scan them, and check-ins: facts that are recorded first and judged second."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    Uuid,
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


class Device(Model):
    """One installation of the app: what it last said about its unsent check-ins."""

    __tablename__ = "devices"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    pending: Mapped[int] = mapped_column(default=0)
    # Its check-ins up to this number are old and know the device no more, so none of them is missing.
    forgotten_seq: Mapped[int] = mapped_column(default=0, server_default="0")


class Checkin(Model):
    """One event as the phone recorded it, and what the server makes of it.

    The event's own columns never change. `effective_at` is the time the server judges by, `local_date` its day on
    the space's clock; verdict, reason, booking and `duplicate_of` are judged anew when an earlier event arrives late.
    """

    __tablename__ = "checkins"
    __table_args__ = (
        CheckConstraint("verdict IN ('accepted', 'flagged', 'rejected')", name="verdict"),
        CheckConstraint("kind IN ('check_in', 'check_out') OR kind IS NULL", name="kind"),
        CheckConstraint("time_quality IN ('exact', 'corrected', 'uncertain')", name="time_quality"),
        Index("ix_checkins_person_id_local_date", "person_id", "local_date"),
        Index("ix_checkins_device_seq", "device", "seq"),
        Index("ix_checkins_booking_id", "booking_id"),
        Index("ix_checkins_received_at", "received_at"),
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
