"""Parts of a write that bookings' operations share. They change rows and never commit.

Everything that changes a space's day locks that day first, then the person, so that two writers of the same day
follow each other and never wait crosswise.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime

from sqlalchemy import delete, func, insert, literal, null, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from app import transaction
from app.bookings import models
from app.bookings.models import Booking, BookingSlot, SeatChange, SpaceDay
from app.bookings.queries import BookingFacts
from app.errors import N_, DomainError
from app.extensions import db
from app.spaces.models import Space


class SeatTaken(DomainError):
    """Somebody else has this seat at that time."""

    code = "seat_taken"
    message = N_("Diesen Platz hat gerade jemand anderes bekommen. Nimm einen anderen Platz oder einen anderen Tag.")


class AlreadyBooked(DomainError):
    """The person has a desk at that time: nobody sits in two places."""

    code = "already_booked"
    message = N_("Du hast in dieser Zeit schon einen Platz. Du findest ihn unter „Meine Buchungen“.")


@dataclass(frozen=True)
class DayFacts:
    """What the rules need to know once a day and a person are locked."""

    space_version: int
    open_bookings: int
    last_seat_id: int | None  # the seat the person had here last
    taken_seat_ids: frozenset[int]  # seats with any of the asked slots taken


@dataclass(frozen=True)
class NewBooking:
    """A booking about to be inserted: `slots` of a date on a seat. Moments in UTC, price gross in cents."""

    uuid: uuid.UUID
    request_digest: str
    person_id: int
    space_id: int
    seat_id: int
    date: date
    first_slot: int
    end_slot: int
    starts_at: datetime
    ends_at: datetime
    price_cents: int | None
    replaces_id: int | None = None


def lock_days(days: Iterable[tuple[date, int]]) -> None:
    """Lock (date, space id) pairs in ascending order and raise their versions."""
    make = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    for day, space_id in sorted(set(days)):
        statement = make(SpaceDay).values(space_id=space_id, date=day, version=1)
        db.session.execute(
            statement.on_conflict_do_update(index_elements=["space_id", "date"], set_={"version": SpaceDay.version + 1})
        )


def facts(*, person_id: int, space_id: int, day: date, slots: range, now: datetime) -> DayFacts:
    """Read, in one statement, what decides over a booking. The day and the person must be locked."""
    last = (
        select(Booking.seat_id)
        .where(Booking.person_id == person_id, Booking.space_id == space_id)
        .order_by(Booking.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    open_bookings = (
        select(func.count())
        .where(Booking.person_id == person_id, Booking.ended_at.is_(None), Booking.ends_at > now)
        .scalar_subquery()
    )
    head = select(literal("head").label("part"), Space.version.label("a"), open_bookings.label("b"), last.label("c"))
    taken = select(literal("seat"), BookingSlot.seat_id, null(), null()).where(
        BookingSlot.date == day, BookingSlot.space_id == space_id, BookingSlot.slot.in_(slots)
    )
    rows = db.session.execute(union_all(head.where(Space.id == space_id), taken)).all()
    first = next(row for row in rows if row.part == "head")
    seats = frozenset(row.a for row in rows if row.part == "seat")
    return DayFacts(first.a, first.b, first.c, seats)


def insert_booking(new: NewBooking, *, now: datetime) -> int:
    """Insert a booking with its slots and return its id. The insert is the check.

    Refuses: `SeatTaken`, `AlreadyBooked` (the person has a desk somewhere at that time).
    """
    values = {**{field.name: getattr(new, field.name) for field in fields(new)}, "made_at": now, "sequence": 0}
    booking_id: int = db.session.execute(insert(Booking).values(values).returning(Booking.id)).scalar_one()
    _hold(booking_id, new)
    return booking_id


def _hold(booking_id: int, seat: NewBooking | BookingFacts) -> None:
    """Insert the slots that a booking takes. Refuses: `SeatTaken`, `AlreadyBooked`."""
    rows = [
        {
            "seat_id": seat.seat_id,
            "date": seat.date,
            "slot": slot,
            "space_id": seat.space_id,
            "booking_id": booking_id,
            "person_id": seat.person_id,
        }
        for slot in range(seat.first_slot, seat.end_slot)
    ]
    try:
        db.session.execute(insert(BookingSlot).values(rows))
    except IntegrityError as error:
        key = transaction.violated(error)
        if key == "pk_booking_slots":
            raise SeatTaken from error
        if key == "uq_booking_slots_person_id_date_slot":
            raise AlreadyBooked from error
        raise


def move_to_seat(booking: BookingFacts, seat_id: int, *, now: datetime) -> None:
    """Give a booking another seat; its slots move with it. Refuses: `SeatTaken`."""
    _release([booking.id])
    moved = {"seat_id": seat_id, "sequence": Booking.sequence + 1}
    db.session.execute(update(Booking).where(Booking.id == booking.id).values(moved))
    change = {"booking_id": booking.id, "from_seat_id": booking.seat_id, "to_seat_id": seat_id, "at": now}
    db.session.execute(insert(SeatChange).values(change))
    _hold(booking.id, replace(booking, seat_id=seat_id))


def end(booking_ids: Sequence[int], *, reason: str, now: datetime) -> None:
    """End bookings that are still open and give their slots back. The days must be locked."""
    db.session.execute(
        update(Booking)
        .where(Booking.id.in_(booking_ids), Booking.ended_at.is_(None))
        .values(ended_at=now, ended_reason=reason, sequence=Booking.sequence + 1)
    )
    _release(booking_ids)


def _release(booking_ids: Sequence[int]) -> None:
    """Delete the slots of bookings. Dates and seats come from the bookings, so that the key's index finds them."""
    held = select(Booking.seat_id, Booking.date).where(Booking.id.in_(booking_ids))
    for seat_id, day in db.session.execute(held).all():
        db.session.execute(
            delete(BookingSlot).where(
                BookingSlot.seat_id == seat_id, BookingSlot.date == day, BookingSlot.booking_id.in_(booking_ids)
            )
        )


def forget(person_id: int, *, now: datetime) -> None:
    """Let go of an erased person: what is still to come is given back, what was stays without a name."""
    coming = db.session.execute(
        select(Booking.id, Booking.date, Booking.space_id).where(
            Booking.person_id == person_id, Booking.ended_at.is_(None), Booking.ends_at > now
        )
    ).all()
    lock_days((row.date, row.space_id) for row in coming)
    end([row.id for row in coming], reason=models.ERASED, now=now)
    db.session.execute(update(BookingSlot).where(BookingSlot.person_id == person_id).values(person_id=None))
    db.session.execute(update(Booking).where(Booking.person_id == person_id).values(person_id=None))
