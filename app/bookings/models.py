"""Bookings, and the rows that make it impossible to sell a seat twice."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment

# How people say which half-days they want, as the slots [first, end) of a desk.
PERIODS = {"morning": range(1), "afternoon": range(1, 2), "day": range(2)}

# Why a booking ended.
CANCELLED, MOVED, ERASED, CLOSED, UNDONE = "cancelled", "moved", "erased", "closed", "undone"
UNPAID = "unpaid"  # its payer ended before, and nobody else was chosen

# What became of what its payer reserved for a booking.
RESERVED, SETTLED, RELEASED = "reserved", "settled", "released"

# Rooms and booths are taken by half-hours of the day; their "period" has no other name.
HOURS = "hours"
HALF_HOUR = 30  # minutes


def period_of(kind: str, first_slot: int, end_slot: int) -> str:
    """Return the word for the slots [first_slot, end_slot) of a seat of this kind."""
    if kind != "desk":
        return HOURS
    return next(name for name, slots in PERIODS.items() if slots == range(first_slot, end_slot))


class SpaceDay(Model):
    """One space on one date. `version` rises with every change there: lock and part of the ETag in one."""

    __tablename__ = "space_days"
    __table_args__ = (Index("ix_space_days_date", "date", "space_id", "version"),)

    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id"), primary_key=True)
    date: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)


class Booking(Model):
    """One person, one seat, one local date, consecutive slots [first_slot, end_slot).

    It keeps its own history and stays when it ends; what it holds is in its slots. `person_id` is emptied after the
    retention period or by an erasure.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        CheckConstraint("0 <= first_slot AND first_slot < end_slot", name="slots"),
        CheckConstraint("starts_at < ends_at", name="moments"),
        CheckConstraint("(ended_at IS NULL) = (ended_reason IS NULL)", name="ended"),
        CheckConstraint("charge IN ('reserved', 'settled', 'released')", name="charge"),
        CheckConstraint("charge IS NULL OR payer IS NOT NULL", name="payer"),
        Index(
            "ix_bookings_charge",
            "charge",
            "date",
            sqlite_where=text("charge IS NOT NULL"),
            postgresql_where=text("charge IS NOT NULL"),
        ),
        Index("ix_bookings_person_id_ends_at", "person_id", "ends_at"),
        Index("ix_bookings_space_id_date", "space_id", "date"),
        Index("uq_bookings_pass_id", "pass_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True)  # made by the client
    request_digest: Mapped[str] = mapped_column(String(64))  # what was asked for under this uuid
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"))
    date: Mapped[date]
    first_slot: Mapped[int]
    end_slot: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(Moment, index=True)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    price_cents: Mapped[int | None]  # gross, frozen when booked; NULL = unknown
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))  # who sells, frozen; NULL = unknown
    vat: Mapped[str | None] = mapped_column(String(8))  # how VAT is charged, frozen too; NULL = unknown
    payer: Mapped[str | None] = mapped_column(String(80))  # the choice, frozen; NULL = pays on site
    charge: Mapped[str | None] = mapped_column(String(8))  # what became of it; NULL = nothing is charged
    payer_ended_at: Mapped[datetime | None] = mapped_column(Moment)  # the person was told that its payer ends before
    made_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_reason: Mapped[str | None] = mapped_column(String(20))
    released_at: Mapped[datetime | None] = mapped_column(Moment)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"))
    sequence: Mapped[int] = mapped_column(default=0)  # rises with every change (iCalendar SEQUENCE)
    # What passes name it by: the last 8 bytes of its uuid.
    pass_id: Mapped[bytes | None] = mapped_column(LargeBinary(8))
    label: Mapped[str | None] = mapped_column(String(40))  # of somebody who walked in, instead of a person


class BookingSlot(Model):
    """A seat is taken for a slot of a date: the insert is the check. The person is set for desks only."""

    __tablename__ = "booking_slots"
    __table_args__ = (
        UniqueConstraint("person_id", "date", "slot"),
        Index("ix_booking_slots_date_space_id_slot", "date", "space_id", "slot"),
        {"sqlite_with_rowid": False},
    )

    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"), primary_key=True)
    date: Mapped[date] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int]
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"))
    person_id: Mapped[int | None]


class SeatChange(Model):
    """A booking moved to another seat of the same space and day."""

    __tablename__ = "seat_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"), index=True)
    from_seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"))
    to_seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"))
    at: Mapped[datetime] = mapped_column(Moment)
