"""Change a booking or cancel it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

from app import transaction
from app.bookings import models, queries, steps
from app.bookings.models import SETTLED
from app.bookings.operations.booking import Placing, place
from app.bookings.operations.closing import Present, nobody
from app.bookings.operations.orders import Order, is_repetition
from app.bookings.operations.refusals import UnknownSeat
from app.bookings.queries import BookingFacts
from app.errors import N_, DomainError
from app.funding.queries import SELF
from app.people import steps as people
from app.spaces import queries as spaces
from app.spaces.queries import SpaceFacts


class BookingOver(DomainError):
    """The booking lies in the past or was ended before."""

    code = "booking_over"
    message = N_("Diese Buchung ist schon vorbei oder abgesagt, da lässt sich nichts mehr ändern.")


class SeatReleased(DomainError):
    """Nobody had checked in, so that the seat was released for others."""

    code = "seat_released"
    message = N_("Dieser Platz ist schon freigegeben. Buch neu oder nimm einen anderen Tag.")


class PlaceClosed(BookingOver):
    """The space has closed and the booking ended with it."""

    code = "place_closed"
    message = N_("Der Ort hat geschlossen, darum fällt diese Buchung aus. Du zahlst dafür nichts.")


class AlreadyCheckedIn(DomainError):
    """Somebody has checked in for the booking, so that its day is used."""

    code = "already_checked_in"
    message = N_(
        "Du hast für diese Buchung schon eingecheckt, darum bleiben Ort, Tag und Zeit. "
        "Wähl hier einen anderen Platz, oder buch für einen anderen Tag neu."
    )


@transaction.write
def change(
    *, booking_uuid: uuid.UUID, order: Order, person_id: int, now: datetime, present: Present = nobody
) -> uuid.UUID:
    """Change a booking to what `order` says and return the uuid it has afterwards.

    Another seat of the same space, day and period keeps the booking. Anything else ends it and books anew in the same
    transaction, under the order's uuid; when that is refused, the old booking stays. Who pays goes on paying unless
    the order names somebody else; the new booking carries the charge of the old one when day and payer stay, else
    the old one counts as cancelled.
    Refuses: `UnknownBooking`, `BookingOver`, `AlreadyCheckedIn` and all that `book` refuses.
    """
    old = queries.booking_of(person_id, booking_uuid)
    if is_repetition(_paid(order, old), person_id):
        return order.uuid
    space = spaces.directory().space(order.space)
    steps.lock_days([(old.date, old.space_id), (order.date, space.id)])
    person = people.lock(person_id)
    steps.lock(old.id)
    old = _still_open(person_id, booking_uuid, now)
    # A seat that was released is booked anew: with as much time to check in as everybody has who books now.
    if old.released_at is None and (space.id, order.date, order.kind == "desk", order.slots) == (
        old.space_id,
        old.date,
        old.seat_kind == "desk",
        range(old.first_slot, old.end_slot),
    ):
        new = _move(old, order.seat, space, now)
    else:
        if old.charge == SETTLED or old.id in present([old.id]):
            raise AlreadyCheckedIn
        order = _paid(order, old)
        is_carried = order.date == old.date and order.payer == (old.payer or SELF)
        steps.end([old.id], reason=models.MOVED, now=now, is_late_free=is_carried)
        new = place(order, space, person_id, now=now, how=Placing(replaces_id=old.id)).booking
    if (new.uuid, new.seat_id) != (old.uuid, old.seat_id):
        steps.tell_changed(new, old, person, space, now=now)
    return new.uuid


@transaction.write
def change_seat(*, booking_uuid: uuid.UUID, seat: int, person_id: int, now: datetime) -> None:
    """Give a booking another seat of the same space and day; booking, pass and calendar entry stay.

    Refuses: `UnknownBooking`, `BookingOver`, `PlaceClosed`, `SeatReleased`, `UnknownSeat`, `SeatTaken`.
    """
    old = queries.booking_of(person_id, booking_uuid)
    space = spaces.directory().by_id[old.space_id]
    steps.lock_days([(old.date, old.space_id)])
    person = people.lock(person_id)
    old = _still_open(person_id, booking_uuid, now)
    if old.released_at is not None:
        raise SeatReleased
    new = _move(old, seat, space, now)
    if new.seat_id != old.seat_id:
        steps.tell_changed(new, old, person, space, now=now)


@transaction.write
def cancel(*, booking_uuid: uuid.UUID, person_id: int, now: datetime, present: Present = nobody) -> None:
    """Cancel a booking until its end and give its seat back. Cancelling twice is cancelling once.

    Of somebody who is `present` what was reserved stays so, until the worker has settled it: the day was used.
    Refuses: `UnknownBooking`, `BookingOver` (its time has passed, or it was moved).
    """
    known = queries.booking_of(person_id, booking_uuid)
    steps.lock_days([(known.date, known.space_id)])
    person = people.lock(person_id)
    booking = queries.booking_of(person_id, booking_uuid)
    if booking.ended_reason == models.CANCELLED:
        return
    _check_open(booking, now)
    end = steps.call_off if booking.id in present([booking.id]) else steps.end
    end([booking.id], reason=models.CANCELLED, now=now)
    steps.tell_cancelled(booking, person, spaces.directory().by_id[booking.space_id], now=now)


def _paid(order: Order, old: BookingFacts) -> Order:
    """Name in an order who pays: nobody else does unseen."""
    return replace(order, payer=order.payer or old.payer or SELF)


def _still_open(person_id: int, booking_uuid: uuid.UUID, now: datetime) -> BookingFacts:
    booking = queries.booking_of(person_id, booking_uuid)
    _check_open(booking, now)
    return booking


def _check_open(booking: BookingFacts, now: datetime) -> None:
    if booking.ended_reason == models.CLOSED:
        raise PlaceClosed
    if not booking.is_open or booking.ends_at <= now:
        raise BookingOver


def _move(old: BookingFacts, number: int | None, space: SpaceFacts, now: datetime) -> BookingFacts:
    if number is None or number == old.seat_number:
        return old
    offered = space.seats if old.seat_kind == "desk" else space.rooms
    seat = next((seat for seat in offered if seat.number == number), None)
    if seat is None:
        raise UnknownSeat(number=number)
    steps.move_to_seat(old, seat.id, now=now)
    return queries.booking_of(old.person_id, old.uuid)
