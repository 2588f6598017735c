"""Book a seat."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app import clock, transaction
from app.bookings import queries, steps
from app.bookings.models import RESERVED
from app.bookings.operations.orders import Order, Result, is_repetition
from app.bookings.operations.refusals import (
    HoursClosed,
    NoSeatFree,
    NotBookable,
    SpaceClosed,
    TooEarly,
    TooLate,
    TooManyOpen,
    UnknownSeat,
)
from app.bookings.queries import DAYS_AHEAD, BookingFacts
from app.bookings.steps import DayFacts, NewBooking, Placed
from app.funding import queries as funding
from app.funding.queries import Service
from app.people import steps as people
from app.spaces import queries as spaces
from app.spaces.queries import Closed, SeatFacts, SpaceFacts

OPEN_BOOKINGS = 20


@transaction.write
def book(*, order: Order, person_id: int, now: datetime) -> Result:
    """Book a seat. A repetition of the same order changes nothing, even when the booking was cancelled since.

    Refuses: `UnknownSpace`, `UuidReused`, `NotBookable`, `SpaceClosed`, `TooLate`, `TooEarly`, `UnknownSeat`,
    `TooManyOpen`, `NoSeatFree`, `SeatTaken`, `AlreadyBooked`, `UnknownPayer`, `UsedUp`.
    """
    if is_repetition(order, person_id):
        return Result(order, queries.booking_of(person_id, order.uuid))
    space = spaces.known_space(order.space)
    steps.lock_days([(order.date, space.id)])
    person = people.lock(person_id)
    placed = place(order, space, person_id, now=now)
    steps.tell_made([placed], person, spaces.known_space(order.space), now=now)  # by now as it is
    return Result(order, placed.booking, placed)


@dataclass(frozen=True)
class Placing:
    """How an order is placed: which booking it replaces, and whether another seat will do when the one is taken."""

    replaces_id: int | None = None
    is_flexible: bool = False


PLAIN = Placing()


def place(order: Order, space: SpaceFacts, person_id: int, *, now: datetime, how: Placing = PLAIN) -> Placed:
    """Insert the booking that `order` asks for; its day and the person are locked.

    The rules in the order in which they apply: the space can be booked, is open, the time is neither over nor too far
    ahead, the seat exists, the person holds fewer than 20 bookings, somebody pays; that the
    seat is free is told by the insert.
    """
    service = Service(person_id, space.id, space.town_id, order.date, order.kind, len(order.slots), None)
    known = steps.facts(service, order.slots, now=now)
    if known.space_version != space.version:  # changed between our first look and the lock
        space = spaces.directory().space(order.space)
    starts_at, ends_at = _check_time(order, space, now)
    if known.open_bookings >= OPEN_BOOKINGS:
        raise TooManyOpen
    seat = _choose(order, space, known, is_flexible=how.is_flexible)
    each = space.price_cents if order.kind == "desk" else space.half_hour_price_cents
    price = None if each is None else each * len(order.slots)
    found = funding.payers(replace(service, cents=price), known.quotas)
    payer = steps.reserve(found, order.payer, order.uuid, now=now)
    new = NewBooking(
        uuid=order.uuid,
        request_digest=order.digest(person_id),
        person_id=person_id,
        space_id=space.id,
        seat_id=seat.id,
        date=order.date,
        kind=order.kind,
        first_slot=order.slots.start,
        end_slot=order.slots.stop,
        starts_at=starts_at,
        ends_at=ends_at,
        price_cents=price,
        payer=payer.key if payer.parts else None,
        charge=RESERVED if payer.parts else None,
        replaces_id=how.replaces_id,
    )
    booking_id = steps.insert_booking(new, now=now)
    booking = BookingFacts(
        id=booking_id,
        **{name: value for name, value in vars(new).items() if name not in {"kind", "label", "replaces_id"}},
        made_at=now,
        ended_at=None,
        ended_reason=None,
        released_at=None,
        sequence=0,
        seat_number=seat.number,
        seat_name=seat.name,
        seat_kind=seat.kind,
        space_slug=space.slug,
        space_version=space.version,
    )
    passed = found[0].name if found[0].lacks is not None and found[0] is not payer else None
    return Placed(booking, payer, passed)


def _check_time(order: Order, space: SpaceFacts, now: datetime) -> tuple[datetime, datetime]:
    if not space.is_bookable:
        raise NotBookable
    opening = space.opening(order.date)
    if isinstance(opening, Closed):
        raise SpaceClosed
    if order.kind != "desk":
        return _check_hours(order, space, now)
    starts_at, ends_at = queries.moments(space, opening, order.date, order.slots)
    # A whole day is sold as long as its first half-day is.
    if queries.moments(space, opening, order.date, order.slots[:1])[1] <= now:
        raise TooLate
    _check_ahead(order, space, now)
    return starts_at, ends_at


def _check_hours(order: Order, space: SpaceFacts, now: datetime) -> tuple[datetime, datetime]:
    if not set(order.slots) <= set(queries.room_slots(space, order.date)):
        raise HoursClosed
    if queries.room_moments(space, order.date, order.slots[:1])[1] <= now:
        raise TooLate
    _check_ahead(order, space, now)
    return queries.room_moments(space, order.date, order.slots)


def _check_ahead(order: Order, space: SpaceFacts, now: datetime) -> None:
    if order.date > clock.local_day(now, space.timezone) + timedelta(days=DAYS_AHEAD):
        raise TooEarly


def _choose(order: Order, space: SpaceFacts, known: DayFacts, *, is_flexible: bool) -> SeatFacts:
    """Return the asked seat, else the one the person had here last, else the best free one."""
    offered = space.seats if order.kind == "desk" else space.rooms
    asked = next((seat for seat in offered if seat.number == order.seat), None)
    if asked is None and (order.seat is not None or order.kind != "desk"):
        raise UnknownSeat(number=order.seat)
    if asked is not None and not (is_flexible and asked.id in known.taken_seat_ids):
        return asked
    free = [seat for seat in offered if seat.id not in known.taken_seat_ids]
    if not free:
        raise NoSeatFree
    return next((seat for seat in free if seat.id == known.last_seat_id), free[0])
