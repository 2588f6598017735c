"""Taking seats and giving them back: steps that change rows and never commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Integer, bindparam, delete, insert, literal_column, select, union_all, update
from sqlalchemy.exc import IntegrityError

from app import transaction
from app.bookings.models import Booking, BookingSlot, SeatChange
from app.bookings.queries import BookingFacts
from app.bookings.steps.inserting import NewBooking, write
from app.errors import N_, DomainError
from app.extensions import db, table
from app.statements import Prepared


class SeatTaken(DomainError):
    """Somebody else has this seat at that time."""

    code = "seat_taken"
    message = N_("Diesen Platz hat gerade jemand anderes bekommen. Nimm einen anderen Platz oder einen anderen Tag.")


class AlreadyBooked(DomainError):
    """The person has a desk at that time: nobody sits in two places."""

    code = "already_booked"
    message = N_("Du hast in dieser Zeit schon einen Platz. Du findest ihn unter „Meine Buchungen“.")


# Part of every booking, so put together once: composing a statement costs more than running it.
_slots = table(BookingSlot)


def _hold_of(count: int) -> Prepared:
    numbers = union_all(*(select(literal_column(str(number), Integer).label("slot")) for number in range(count)))
    asked = numbers.subquery().c.slot
    statement = insert(_slots).from_select(
        [_slots.c.slot, _slots.c.seat_id, _slots.c.date, _slots.c.space_id, _slots.c.booking_id, _slots.c.person_id],
        select(
            asked, *(bindparam(column.name, type_=column.type) for column in _slots.c if column.name != "slot")
        ).where(asked >= bindparam("first_slot"), asked < bindparam("end_slot")),
    )
    return Prepared(statement)


_HOLD_DESK, _HOLD_ROOM = _hold_of(2), _hold_of(48)


def insert_booking(new: NewBooking, *, now: datetime) -> int:
    """Insert a booking with its slots and return its id. The insert is the check.

    Refuses: `SeatTaken`, `AlreadyBooked` (the person has a desk somewhere at that time).
    """
    try:
        booking_id = write(new, now=now)
    except IntegrityError as error:
        if transaction.violated(error) in {"uq_bookings_uuid", "uq_bookings_pass_id"}:  # made since we looked
            raise transaction.Again from error
        raise
    _hold(booking_id, new, new.kind)
    return booking_id


def _hold(booking_id: int, seat: NewBooking | BookingFacts, kind: str) -> None:
    """Insert the slots that a booking takes; whoever has a room may have a desk as well.

    Refuses: `SeatTaken`, `AlreadyBooked`.
    """
    values = {
        name: getattr(seat, name) for name in ("seat_id", "date", "space_id", "person_id", "first_slot", "end_slot")
    }
    is_desk = kind == "desk"
    values |= {"booking_id": booking_id, "person_id": seat.person_id if is_desk else None}
    try:
        (_HOLD_DESK if is_desk else _HOLD_ROOM).run(values)
    except IntegrityError as error:
        key = transaction.violated(error)
        if key == "pk_booking_slots":
            raise SeatTaken from error
        if key == "uq_booking_slots_person_id_date_slot":
            raise AlreadyBooked from error
        raise


def move_to_seat(booking: BookingFacts, seat_id: int, *, now: datetime) -> None:
    """Give a booking another seat; its slots move with it. Refuses: `SeatTaken`."""
    give_back([booking.id])
    moved = {"seat_id": seat_id, "sequence": Booking.sequence + 1}
    db.session.execute(update(Booking).where(Booking.id == booking.id).values(moved))
    change = {"booking_id": booking.id, "from_seat_id": booking.seat_id, "to_seat_id": seat_id, "at": now}
    db.session.execute(insert(SeatChange).values(change))
    _hold(booking.id, replace(booking, seat_id=seat_id), booking.seat_kind)


def give_back(booking_ids: Sequence[int]) -> None:
    """Delete the slots of bookings. Dates and seats come from the bookings, so that the key's index finds them."""
    held = select(Booking.seat_id, Booking.date).where(Booking.id.in_(booking_ids))
    for seat_id, day in db.session.execute(held).all():
        db.session.execute(
            delete(BookingSlot).where(
                BookingSlot.seat_id == seat_id, BookingSlot.date == day, BookingSlot.booking_id.in_(booking_ids)
            )
        )
