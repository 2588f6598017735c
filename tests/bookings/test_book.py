"""Booking a desk: what is stored, what is refused, and that a repetition changes nothing."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, create_engine, delete, event, func, select, text
from sqlalchemy.dialects import sqlite

from app.bookings import operations, queries
from app.bookings.models import Booking, BookingSlot, SpaceDay
from app.bookings.operations import Order, booking
from app.bookings.operations.booking import (
    NoSeatFree,
    NotBookable,
    SpaceClosed,
    TooEarly,
    TooLate,
    TooManyOpen,
    UnknownSeat,
)
from app.bookings.steps import AlreadyBooked, SeatTaken, days
from app.extensions import Model
from app.messages.models import Message
from app.people.models import Person
from app.spaces import queries as spaces
from app.spaces.queries import UnknownSpace
from tests.factories import make_closure, make_employer, make_people, make_quota, make_space

TUESDAY = date(2026, 11, 24)


def _order(day: date = TUESDAY, period: str = "day", seat: int | None = None, space: str = "wagen") -> Order:
    return Order(uuid.uuid4(), space, day, period, seat)


def _slots(db) -> int:
    return db.session.execute(select(func.count()).select_from(BookingSlot)).scalar_one()


@pytest.fixture
def space(app):
    return make_space("wagen", seats=4)


@pytest.fixture
def people(app) -> list[int]:
    return make_people(6)


def test_booking_freezes_the_hours_of_the_day(space, people, now):
    booking = operations.book(order=_order(), person_id=people[0], now=now).booking
    assert booking.starts_at == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    assert booking.ends_at == datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
    assert (booking.period, booking.seat_number, booking.price_cents) == ("day", 1, None)


@pytest.mark.parametrize(("period", "hours"), [("morning", (7, 12)), ("afternoon", (12, 17))])
def test_half_days_split_at_one_o_clock(space, people, now, period, hours):
    booking = operations.book(order=_order(period=period), person_id=people[0], now=now).booking
    assert (booking.starts_at.hour, booking.ends_at.hour) == hours


def test_booking_takes_slots_raises_versions_and_writes_a_message(db, space, people, now):
    before = db.session.get(Person, people[0]).version
    operations.book(order=_order(), person_id=people[0], now=now)
    db.session.expire_all()
    assert _slots(db) == 2
    assert db.session.get(SpaceDay, (space.id, TUESDAY)).version == 1
    assert db.session.get(Person, people[0]).version == before + 1
    message = db.session.execute(select(Message)).scalar_one()
    assert (message.kind, message.person_id) == ("booking_made", people[0])


def test_price_counts_half_days(app, people, now):
    make_space("teuer", price_cents=600)
    assert operations.book(order=_order(space="teuer"), person_id=people[0], now=now).booking.price_cents == 1200


def test_repetition_answers_the_same_booking_once(db, space, people, now):
    order = _order()
    first = operations.book(order=order, person_id=people[0], now=now)
    again = operations.book(order=order, person_id=people[0], now=now)
    assert (first.is_new, again.is_new) == (True, False)
    assert first.booking.id == again.booking.id
    assert db.session.execute(select(func.count()).select_from(Booking)).scalar_one() == 1
    assert db.session.execute(select(func.count()).select_from(Message)).scalar_one() == 1


def test_repetition_after_a_cancellation_never_books_again(db, space, people, now):
    order = _order()
    operations.book(order=order, person_id=people[0], now=now)
    operations.cancel(booking_uuid=order.uuid, person_id=people[0], now=now)
    result = operations.book(order=order, person_id=people[0], now=now)
    assert result.booking.ended_reason == "cancelled"
    assert _slots(db) == 0


def test_another_order_under_the_same_uuid_is_refused(space, people, now):
    order = _order()
    operations.book(order=order, person_id=people[0], now=now)
    other = Order(order.uuid, "wagen", TUESDAY, "morning")
    with pytest.raises(operations.UuidReused):
        operations.book(order=other, person_id=people[0], now=now)
    with pytest.raises(operations.UuidReused):
        operations.book(order=order, person_id=people[1], now=now)


def test_the_same_order_twice_at_once_is_one_booking(db, space, people, now, monkeypatch):
    order = _order()
    operations.book(order=order, person_id=people[0], now=now)
    looks = iter([False, True])  # the first look comes before the other one's commit
    monkeypatch.setattr(booking, "is_repetition", lambda *_: next(looks))
    # Its seat and person are free again, so that nothing but the uuid can tell.
    db.session.execute(delete(BookingSlot))
    db.session.commit()
    assert not operations.book(order=order, person_id=people[0], now=now).is_new
    assert db.session.execute(select(func.count()).select_from(Booking)).scalar_one() == 1


def test_a_uuid_that_ends_like_another_one_is_refused(db, space, people, now):
    order = _order()
    operations.book(order=order, person_id=people[0], now=now)
    twin = Order(uuid.UUID(bytes=bytes(8) + order.uuid.bytes[8:]), "wagen", TUESDAY, "morning")
    with pytest.raises(operations.UuidReused):
        operations.book(order=twin, person_id=people[1], now=now)


def test_a_taken_seat_is_refused_by_its_insert_and_nothing_stays(db, space, people, now):
    operations.book(order=_order(seat=2), person_id=people[0], now=now)
    with pytest.raises(SeatTaken):
        operations.book(order=_order(seat=2, period="morning"), person_id=people[1], now=now)
    assert _slots(db) == 2
    assert db.session.execute(select(func.count()).select_from(Booking)).scalar_one() == 1


def test_nobody_has_two_desks_at_a_time(space, people, now):
    make_space("anderswo")
    operations.book(order=_order(period="morning"), person_id=people[0], now=now)
    with pytest.raises(AlreadyBooked):
        operations.book(order=_order(space="anderswo"), person_id=people[0], now=now)
    operations.book(order=_order(space="anderswo", period="afternoon"), person_id=people[0], now=now)


def test_without_a_wish_the_last_seat_comes_first_then_the_best(space, people, now):
    operations.book(order=_order(seat=3), person_id=people[0], now=now)
    again = operations.book(order=_order(TUESDAY + timedelta(days=1)), person_id=people[0], now=now)
    other = operations.book(order=_order(TUESDAY + timedelta(days=1)), person_id=people[1], now=now)
    assert (again.booking.seat_number, other.booking.seat_number) == (3, 1)


def test_a_full_house_says_so(space, people, now):
    for person in people[:4]:
        operations.book(order=_order(period="morning"), person_id=person, now=now)
    with pytest.raises(NoSeatFree):
        operations.book(order=_order(), person_id=people[4], now=now)
    assert operations.book(order=_order(period="afternoon"), person_id=people[4], now=now).is_new


def test_time_limits(space, people, now):
    monday = now.date()
    with pytest.raises(TooLate):
        operations.book(order=_order(monday - timedelta(days=3)), person_id=people[0], now=now)
    with pytest.raises(TooEarly):
        operations.book(order=_order(monday + timedelta(days=85)), person_id=people[0], now=now)
    assert operations.book(order=_order(monday + timedelta(days=84)), person_id=people[0], now=now).is_new


def test_a_half_day_can_be_booked_until_it_ends(space, people):
    last = datetime(2026, 11, 24, 11, 59, tzinfo=UTC)
    assert operations.book(order=_order(period="morning"), person_id=people[0], now=last).is_new
    with pytest.raises(TooLate):
        operations.book(order=_order(period="morning"), person_id=people[1], now=last + timedelta(minutes=1))
    with pytest.raises(TooLate):
        operations.book(order=_order(period="day"), person_id=people[1], now=last + timedelta(minutes=1))
    assert operations.book(order=_order(period="afternoon"), person_id=people[1], now=last).is_new


def test_closed_days_are_refused(space, people, now):
    make_closure(space, TUESDAY)
    with pytest.raises(SpaceClosed):
        operations.book(order=_order(), person_id=people[0], now=now)
    with pytest.raises(SpaceClosed):
        operations.book(order=_order(date(2026, 12, 25)), person_id=people[0], now=now)
    with pytest.raises(SpaceClosed):
        operations.book(order=_order(date(2026, 11, 28)), person_id=people[0], now=now)


def test_wrong_names_are_refused(space, people, now):
    make_space("bekannt", seats=0)
    with pytest.raises(NotBookable):
        operations.book(order=_order(space="bekannt"), person_id=people[0], now=now)
    with pytest.raises(UnknownSpace):
        operations.book(order=_order(space="nirgends"), person_id=people[0], now=now)
    with pytest.raises(UnknownSeat):
        operations.book(order=_order(seat=99), person_id=people[0], now=now)


def test_at_most_twenty_open_bookings(space, people, now):
    weekdays = [now.date() + timedelta(days=n) for n in range(1, 40) if (now.date() + timedelta(days=n)).weekday() < 5]
    orders = [_order(day) for day in weekdays]
    made = [operations.book(order=order, person_id=people[0], now=now) for order in orders[:20]]
    with pytest.raises(TooManyOpen):
        operations.book(order=orders[20], person_id=people[0], now=now)
    operations.cancel(booking_uuid=made[0].order.uuid, person_id=people[0], now=now)
    assert operations.book(order=orders[20], person_id=people[0], now=now).is_new


def test_several_days_book_what_can_be_booked(db, space, people, now):
    operations.book(order=_order(TUESDAY), person_id=people[0], now=now)
    days = [TUESDAY, TUESDAY + timedelta(days=1), date(2026, 11, 28)]
    results = operations.book_several(orders=[_order(day) for day in days], person_id=people[0], now=now)
    assert [result.refusal and result.refusal.code for result in results] == ["already_booked", None, "space_closed"]
    assert _slots(db) == 4
    kinds = db.session.execute(select(Message.kind)).scalars().all()
    assert kinds == ["booking_made", "booking_made"]


def test_several_days_take_another_seat_where_the_wished_one_is_gone(space, people, now):
    operations.book(order=_order(seat=2), person_id=people[0], now=now)
    orders = [_order(day, seat=2) for day in (TUESDAY, TUESDAY + timedelta(days=1))]
    results = operations.book_several(orders=orders, person_id=people[1], now=now)
    assert [result.booking.seat_number for result in results] == [1, 2]


def test_several_days_repeated_book_nothing_more(db, space, people, now):
    orders = [_order(day) for day in (TUESDAY, TUESDAY + timedelta(days=1))]
    operations.book_several(orders=orders, person_id=people[0], now=now)
    again = operations.book_several(orders=orders, person_id=people[0], now=now)
    assert [(result.is_new, result.refusal) for result in again] == [(False, None), (False, None)]
    assert _slots(db) == 4


def test_free_seats_follow_bookings(space, people, now):
    operations.book(order=_order(period="morning"), person_id=people[0], now=now)
    operations.book(order=_order(period="day"), person_id=people[1], now=now)
    free = queries.free_seats(spaces.directory().bookable, TUESDAY, 5, now=now)[space.id]
    assert free[0] == queries.Free(morning=2, afternoon=3, day=2)
    assert free[1] == queries.Free(4, 4, 4)
    assert free[4] == queries.Free(None, None, None)


@pytest.mark.one_try
@pytest.mark.parametrize(("is_paid_for", "most"), [(False, 8), (True, 10)])
def test_a_booking_takes_at_most_eight_statements_and_two_more_to_charge(db, space, people, now, is_paid_for, most):
    if is_paid_for:
        make_quota(make_employer("Beispiel GmbH", people[0]))
    operations.book(order=_order(), person_id=people[1], now=now)
    operations.book(order=_order(TUESDAY + timedelta(days=1)), person_id=people[0], now=now)  # its account is there
    statements: list[str] = []
    record = lambda _c, _k, sql, *_: statements.append(sql)  # noqa: E731
    event.listen(Engine, "before_cursor_execute", record)
    booked = operations.book(order=_order(), person_id=people[0], now=now).booking
    event.remove(Engine, "before_cursor_execute", record)
    # Seven, and BEGIN IMMEDIATE, which SQLAlchemy sends as a statement on SQLite.
    assert len(statements) <= most, statements
    assert (booked.charge == "reserved") is is_paid_for


def test_what_changed_since_this_process_looked_counts(db, space, people, now):
    """Another process closes the place and renames it: neither the booking nor its message may be of yesterday."""
    spaces.directory()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE spaces SET name = 'Neuer Name', version = version + 1"))
    operations.book(order=_order(), person_id=people[0], now=now)
    db.session.rollback()
    assert db.session.execute(select(Message)).scalar_one().payload["bookings"][0]["space"]["name"] == "Neuer Name"
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM hours"))
        connection.execute(text("UPDATE spaces SET version = version + 1"))
    with pytest.raises(NotBookable):
        operations.book(order=_order(), person_id=people[1], now=now)


def test_a_long_past_of_the_place_is_not_read():
    # Without statistics SQLite takes whatever index it likes; PostgreSQL counts.
    statement = days._FACTS.statement.compile(dialect=sqlite.dialect())
    with create_engine("sqlite://").connect() as connection:
        Model.metadata.create_all(connection)
        # Of two that seem equally good it takes the one made last.
        index = next(each for each in Booking.__table__.indexes if each.name == "ix_bookings_space_id_date")
        index.drop(connection)
        index.create(connection)
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", (1,) * len(statement.positiontup)).all()
    steps = " ".join(row.detail for row in plan)
    assert steps.count("ix_bookings_person_id_ends_at") == 2, steps
    assert "ix_bookings_space_id_date" not in steps
