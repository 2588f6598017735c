"""Changing and cancelling: seats go back, histories stay, strangers learn nothing."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.bookings import operations, queries, steps
from app.bookings.models import Booking, BookingSlot, SeatChange
from app.bookings.operations import BookingOver, Order
from app.bookings.operations.booking import SpaceClosed
from app.bookings.queries import UnknownBooking
from app.bookings.steps import SeatTaken
from app.messages.models import Message
from tests.factories import make_people, make_space

TUESDAY = date(2026, 11, 24)


def _order(day: date = TUESDAY, period: str = "day", seat: int | None = None) -> Order:
    return Order(uuid.uuid4(), "wagen", day, period, seat)


@pytest.fixture
def people(app) -> list[int]:
    make_space("wagen", seats=4)
    return make_people(3)


@pytest.fixture
def booking(people, now) -> queries.BookingFacts:
    return operations.book(order=_order(seat=1), person_id=people[0], now=now).booking


def _held(db) -> set[tuple[int, int]]:
    return {(row.seat_id, row.slot) for row in db.session.execute(select(BookingSlot)).scalars()}


def test_cancelling_gives_the_seat_back(db, booking, people, now):
    operations.cancel(booking_uuid=booking.uuid, person_id=people[0], now=now)
    assert _held(db) == set()
    assert operations.book(order=_order(seat=1), person_id=people[1], now=now).is_new


def test_cancelling_twice_is_cancelling_once(db, booking, people, now):
    for _ in range(2):
        operations.cancel(booking_uuid=booking.uuid, person_id=people[0], now=now)
    kinds = db.session.execute(select(Message.kind).order_by(Message.id)).scalars().all()
    assert kinds == ["booking_made", "booking_cancelled"]


def test_strangers_cannot_tell_a_booking_from_none(booking, people, now):
    with pytest.raises(UnknownBooking):
        operations.cancel(booking_uuid=booking.uuid, person_id=people[1], now=now)
    with pytest.raises(UnknownBooking):
        operations.cancel(booking_uuid=uuid.uuid4(), person_id=people[1], now=now)


def test_what_is_over_stays(booking, people):
    after = booking.ends_at
    with pytest.raises(BookingOver):
        operations.cancel(booking_uuid=booking.uuid, person_id=people[0], now=after)
    with pytest.raises(BookingOver):
        operations.change_seat(booking_uuid=booking.uuid, seat=2, person_id=people[0], now=after)
    operations.cancel(booking_uuid=booking.uuid, person_id=people[0], now=after - timedelta(seconds=1))


def test_another_seat_keeps_the_booking(db, booking, people, now):
    operations.change_seat(booking_uuid=booking.uuid, seat=3, person_id=people[0], now=now)
    after = queries.booking_of(people[0], booking.uuid)
    assert (after.id, after.seat_number, after.sequence) == (booking.id, 3, 1)
    assert _held(db) == {(after.seat_id, 0), (after.seat_id, 1)}
    assert db.session.execute(select(SeatChange.to_seat_id)).scalar_one() == after.seat_id


def test_a_taken_seat_leaves_the_old_one(db, booking, people, now):
    operations.book(order=_order(seat=2), person_id=people[1], now=now)
    with pytest.raises(SeatTaken):
        operations.change_seat(booking_uuid=booking.uuid, seat=2, person_id=people[0], now=now)
    assert (booking.seat_id, 0) in _held(db)


def test_another_day_ends_the_old_and_books_the_new(db, booking, people, now):
    order = _order(TUESDAY + timedelta(days=1))
    assert operations.change(booking_uuid=booking.uuid, order=order, person_id=people[0], now=now) == order.uuid
    old, new = (queries.booking_of(people[0], key) for key in (booking.uuid, order.uuid))
    assert (old.ended_reason, new.is_open, new.seat_number) == ("moved", True, 1)
    replaces = db.session.execute(select(Booking.replaces_id).where(Booking.uuid == order.uuid)).scalar_one()
    assert replaces == old.id
    # The same form sent again finds what it made.
    assert operations.change(booking_uuid=booking.uuid, order=order, person_id=people[0], now=now) == order.uuid


def test_a_shorter_period_frees_the_rest(db, booking, people, now):
    order = _order(period="morning")
    operations.change(booking_uuid=booking.uuid, order=order, person_id=people[0], now=now)
    assert len(_held(db)) == 1
    assert operations.book(order=_order(period="afternoon", seat=1), person_id=people[1], now=now).is_new


def test_a_refused_move_keeps_the_old_booking(db, booking, people, now):
    with pytest.raises(SpaceClosed):
        operations.change(booking_uuid=booking.uuid, order=_order(date(2026, 11, 28)), person_id=people[0], now=now)
    assert queries.booking_of(people[0], booking.uuid).is_open
    assert len(_held(db)) == 2


def test_change_within_the_day_moves_the_seat_only(booking, people, now):
    order = _order(seat=4)
    assert operations.change(booking_uuid=booking.uuid, order=order, person_id=people[0], now=now) == booking.uuid
    assert queries.booking_of(people[0], booking.uuid).seat_number == 4


def test_forgetting_a_person_frees_what_is_to_come_and_keeps_what_was(app, db, booking, people, now):
    past = operations.book(order=_order(now.date(), "morning"), person_id=people[0], now=now).booking
    later = past.ends_at
    steps.forget(people[0], now=later)
    db.session.commit()
    rows = {row.uuid: row for row in db.session.execute(select(Booking)).scalars()}
    assert rows[booking.uuid].ended_reason == "erased"
    assert rows[past.uuid].ended_reason is None
    assert {row.person_id for row in rows.values()} == {None}
    assert len(_held(db)) == 1
