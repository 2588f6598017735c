"""Rows that contradict each other are found; without the planted row nothing is."""

import sqlite3
import uuid
from contextlib import closing
from datetime import date, timedelta

import psycopg
import pytest
from sqlalchemy import insert, make_url, select, text, update

from app.bookings import operations as bookings
from app.bookings.models import Booking, BookingSlot
from app.checkins.models import Checkin, Sign
from app.jobs import queries
from app.spaces.models import Space
from tests.factories import make_people, make_seat, make_space
from tests.race import keys

TUESDAY = date(2026, 11, 24)


@pytest.fixture
def house(db, now):
    """Two spaces, and one booking of each kind: open, cancelled, moved to another seat, past."""
    make_space("wagen", seats=4)
    make_space("kontor", seats=2)
    people = make_people(4)
    made = [_book(person, "wagen", TUESDAY, now) for person in people]
    _book(people[0], "kontor", TUESDAY + timedelta(days=1), now, "morning")
    bookings.cancel(booking_uuid=made[1], person_id=people[1], now=now)
    bookings.change_seat(booking_uuid=made[2], seat=2, person_id=people[2], now=now)
    return made


def _book(person, space, day, now, period="day"):
    order = bookings.Order(uuid.uuid4(), space, day, period, None)
    return bookings.book(order=order, person_id=person, now=now).booking.uuid


def _kinds():
    return sorted(finding.kind for finding in queries.findings())


def test_a_healthy_house_has_no_contradictions(house):
    assert _kinds() == []


def _run(db, *statements):
    for statement in statements:
        db.session.execute(text(statement) if isinstance(statement, str) else statement)
    db.session.commit()


def test_a_missing_slot_is_found(db, house):
    _run(db, "DELETE FROM booking_slots WHERE seat_id = 1 AND slot = 1")

    (finding,) = queries.findings()

    assert finding.kind == "missing_slots"
    assert finding.text == f"booking {house[0]}: 1 of 2 slots are held"


@pytest.mark.parametrize(
    ("statement", "kinds"),
    [
        ("UPDATE bookings SET ended_at = made_at, ended_reason = 'cancelled' WHERE id = 1", ["slot_of_ended"] * 2),
        ("UPDATE bookings SET released_at = made_at WHERE id = 1", ["slot_of_released"] * 2),
        ("UPDATE bookings SET seat_id = 4 WHERE id = 1", ["missing_slots", "slot_of_other_seat", "slot_of_other_seat"]),
        (
            "UPDATE bookings SET date = '2026-11-25' WHERE id = 1",
            ["missing_slots", "slot_of_other_date", "slot_of_other_date"],
        ),
        ("UPDATE booking_slots SET space_id = 2 WHERE booking_id = 1", ["slot_of_other_space"] * 2),
        ("UPDATE booking_slots SET slot = 7 WHERE booking_id = 1 AND slot = 1", ["missing_slots", "slot_outside"]),
        ("UPDATE booking_slots SET person_id = NULL WHERE booking_id = 1", ["slot_of_other_person"] * 2),
        ("UPDATE booking_slots SET booking_id = 2 WHERE booking_id = 1", ["missing_slots"] + ["slot_of_ended"] * 2),
        ("UPDATE seats SET space_id = 2, number = 9 WHERE id = 1", ["wrong_seat"]),
    ],
)
def test_a_planted_contradiction_is_found(db, house, statement, kinds):
    _run(db, statement)

    assert _kinds() == kinds


def test_without_the_keys_what_is_held_twice_is_found(db, database_url, house):
    db.session.rollback()
    keys.drop(database_url)
    again = (
        "INSERT INTO booking_slots (seat_id, date, slot, space_id, booking_id, person_id) "
        "SELECT seat_id, date, slot, space_id, booking_id, person_id FROM booking_slots WHERE slot = 0 AND seat_id = 1"
    )
    _run(db, again)

    found = {finding.kind: finding.text for finding in queries.findings()}

    assert found == {
        "missing_slots": f"booking {house[0]}: 3 of 2 slots are held",
        "seat_twice": "slot 0 of seat 1 on 2026-11-24 is held 2 times",
        "person_twice": "person 1 holds 2 seats in slot 0 on 2026-11-24",
    }


def test_slots_of_a_room_carry_nobody(db, house):
    room = make_seat(db.session.get(Space, 1), 20, kind="room")
    source = db.session.execute(select(Booking.__table__).where(Booking.id == 1)).one()._asdict()
    copy = {**source, "id": 99, "uuid": uuid.uuid4(), "seat_id": room.id, "end_slot": 1, "pass_id": None}
    slot = {"seat_id": room.id, "date": TUESDAY, "slot": 0, "space_id": room.space_id, "booking_id": 99}
    _run(db, insert(Booking).values(copy), insert(BookingSlot).values(slot))
    assert _kinds() == []

    _run(db, update(BookingSlot).where(BookingSlot.booking_id == 99).values(person_id=77))

    assert _kinds() == ["slot_of_other_person"]


@pytest.fixture
def unguarded(app, db):
    """Run SQL with foreign keys switched off, as a broken tool would."""

    def run(*statements):
        db.session.rollback()
        address = make_url(app.config["NAHPLATZ"].database_url)
        if address.get_backend_name() == "sqlite":
            connection = sqlite3.connect(address.database)
        else:
            connection = psycopg.connect(address.set(drivername="postgresql").render_as_string(hide_password=False))
            connection.execute("SET session_replication_role = replica")
        with closing(connection):
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    return run


def test_slots_without_a_booking_are_found(house, unguarded):
    unguarded("DELETE FROM bookings WHERE id = 1")

    first, second = queries.findings()

    assert (first.kind, second.kind) == ("slot_without_booking", "slot_without_booking")
    assert first.text == "slot 0 of seat 1 on 2026-11-24, held for booking 1"


@pytest.fixture
def checkins(db, house, now):
    """Two check-ins at the first booking, the second a duplicate of the first, and one without a booking."""
    first = uuid.uuid4()
    usual = {"body_digest": "0" * 64, "received_at": now, "verdict": "accepted", "space_id": 1, "is_unowned": False}
    db.session.add(Sign(space_id=2, epoch=1, code="0" * 20, short_code="000000000", made_at=now))
    db.session.flush()
    db.session.execute(insert(Checkin).values({**usual, "event_id": first, "booking_id": 1, "person_id": 1}))
    double = {"event_id": uuid.uuid4(), "booking_id": 1, "duplicate_of": first, "verdict": "flagged"}
    db.session.execute(insert(Checkin).values({**usual, **double}))
    db.session.execute(insert(Checkin).values({**usual, "event_id": uuid.uuid4(), "space_id": None}))
    db.session.commit()


def test_healthy_checkins_are_no_contradiction(checkins):
    assert _kinds() == []


def test_a_booking_counts_one_check_in(db, house, checkins):
    _run(db, "UPDATE checkins SET kind = 'check_in', reason = 'duplicate' WHERE id = 2")
    _run(db, "UPDATE checkins SET kind = 'check_in' WHERE id = 1")
    assert _kinds() == []
    _run(db, "UPDATE checkins SET reason = 'old_sign' WHERE id = 2")

    (finding,) = queries.findings()

    assert (finding.kind, finding.text) == ("counted_twice", f"booking {house[0]}: 2 check-ins count")


def test_without_the_key_an_event_stored_twice_is_found(db, database_url, checkins):
    event = db.session.scalar(select(Checkin.event_id).where(Checkin.id == 3))
    db.session.rollback()
    keys.drop_of_checkins(database_url)
    _run(db, update(Checkin).where(Checkin.id == 2).values(event_id=event))

    (finding,) = queries.findings()

    assert (finding.kind, finding.text) == ("event_twice", f"check-in {event} is stored 2 times")


@pytest.mark.parametrize(
    ("statement", "kind", "what"),
    [
        ("UPDATE checkins SET booking_id = 999 WHERE id = 1", "lost_checkin", "booking"),
        ("UPDATE checkins SET sign_id = 999 WHERE id = 3", "lost_checkin", "sign"),
        ("UPDATE checkins SET space_id = 999 WHERE id = 3", "lost_checkin", "space"),
        ("UPDATE checkins SET person_id = 999 WHERE id = 1", "lost_checkin", "person"),
        ("DELETE FROM checkins WHERE id = 1", "lost_checkin", "first check-in"),
        ("UPDATE checkins SET space_id = 2 WHERE id = 1", "foreign_checkin", "booking"),
        ("UPDATE checkins SET sign_id = 1 WHERE id = 1", "foreign_checkin", "sign"),
    ],
)
def test_a_checkin_that_points_nowhere_or_elsewhere_is_found(checkins, unguarded, statement, kind, what):
    unguarded(statement)

    (finding,) = queries.findings()

    assert finding.kind == kind
    assert what in finding.text


def test_a_flagged_checkin_may_belong_to_a_booking_elsewhere(checkins, unguarded):
    unguarded("UPDATE checkins SET space_id = 2 WHERE id = 2")

    assert _kinds() == []


def test_the_command_prints_each_and_the_sum(app, house, db):
    runner = app.test_cli_runner()
    healthy = runner.invoke(args=["reconcile"])
    _run(db, "DELETE FROM booking_slots WHERE seat_id = 1 AND slot = 1")

    broken = runner.invoke(args=["reconcile"])

    assert (healthy.exit_code, healthy.output) == (0, "No contradictions.\n")
    assert broken.exit_code == 1
    assert broken.output == f"missing_slots: booking {house[0]}: 1 of 2 slots are held\n1 contradictions\n"
