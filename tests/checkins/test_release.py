"""Seats that nobody came to: free for others at once, and no word against a person that a late check-in contradicts."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.bookings import operations as bookings
from app.bookings import queries as booked
from app.bookings import steps
from app.bookings.models import Booking, BookingSlot, SpaceDay
from app.bookings.operations import BookingOver, Order
from app.bookings.operations.changing import SeatReleased
from app.bookings.queries import Closing
from app.checkins import operations, queries
from app.checkins.models import Checkin
from app.jobs import loop
from app.jobs import queries as jobs
from app.messages import steps as messages
from app.messages.models import Message
from app.phone import queries as phones
from app.spaces import operations as spaces
from app.spaces.queries import UnknownSpace
from tests import factories
from tests.phones import DAY

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def space(app):
    """It gives seats to others an hour after the start."""
    return factories.make_space("kontor", seats=1, release_after=60)


@pytest.fixture
def order(cast, now):
    """Book as people do: `order("ana")`."""

    def make(person="ana", period="day", at=now):
        wanted = Order(uuid.uuid4(), "kontor", DAY, period)
        return bookings.book(order=wanted, person_id=cast[person], now=at).booking

    return make


def _release(at):
    return [operations.release_seat(due=due, now=at) for due in queries.due_releases(at)]


def _row(db, booking):
    db.session.rollback()
    return db.session.get(Booking, booking.id, populate_existing=True)


def _slots(db, booking):
    return db.session.query(BookingSlot).filter_by(booking_id=booking.id).count()


def test_after_the_hour_the_seat_is_free_and_the_booking_stays(db, space, order, cast, now):
    booking = order()
    assert _release(now + HOUR - timedelta(seconds=1)) == []
    version = db.session.get(SpaceDay, (space.id, DAY)).version
    assert _release(now + HOUR) == [True]
    row = _row(db, booking)
    assert (row.released_at, row.ended_at, row.sequence) == (now + HOUR, None, 0)
    assert _slots(db, booking) == 0
    assert db.session.get(SpaceDay, (space.id, DAY), populate_existing=True).version == version + 1
    assert order("ben", at=now + HOUR).seat_number == 1
    (told,) = db.session.scalars(select(Message).where(Message.kind == "seat_released"))
    assert told.person_id == cast["ana"]
    assert list(jobs.findings()) == []


def test_it_is_off_until_a_host_switches_it_on(db, space, order, now):
    order()
    space.release_after = None
    db.session.commit()
    assert _release(now + 5 * HOUR) == []


@pytest.mark.parametrize("what", ["ended", "over", "tomorrow"])
def test_what_is_ended_over_or_not_yet_running_is_left_alone(space, order, cast, now, what):
    booking = order()
    at = now + HOUR
    if what == "ended":
        bookings.cancel(booking_uuid=booking.uuid, person_id=cast["ana"], now=now)
    elif what == "over":
        at = booking.ends_at
    else:
        at = now - MINUTE
    assert _release(at) == []


def test_whoever_books_after_the_start_has_the_same_time(space, order, now):
    order(at=now + 3 * HOUR)
    assert _release(now + 4 * HOUR - MINUTE) == []
    assert _release(now + 4 * HOUR) == [True]


@pytest.mark.parametrize("evidence", queries.EVIDENCE)
def test_any_check_in_keeps_the_seat(db, space, order, phone, now, evidence):
    order()
    sign = operations.replace_sign(space_id=space.id, now=factories.MADE_AT).address("http://localhost")
    phone.send(phone.scan(sign, now))
    db.session.query(Checkin).update({"evidence": evidence})
    db.session.commit()
    assert _release(now + HOUR) == []


def test_a_second_run_finds_nothing_and_tells_nobody_twice(db, space, order, now):
    order()
    (due,) = queries.due_releases(now + HOUR)
    assert [operations.release_seat(due=due, now=now + HOUR) for _ in range(3)] == [True, False, False]
    assert db.session.query(Message).filter_by(kind="seat_released").count() == 1


def test_a_check_in_between_looking_and_locking_keeps_the_seat(db, space, order, phone, now):
    booking = order()
    sign = operations.replace_sign(space_id=space.id, now=factories.MADE_AT).address("http://localhost")
    (due,) = queries.due_releases(now + HOUR)
    phone.send(phone.scan(sign, now))
    assert operations.release_seat(due=due, now=now + HOUR) is False
    assert _slots(db, booking) == 2


def _at_once(app, count, call):
    gate = threading.Barrier(count)

    def run(_):
        with app.app_context():
            gate.wait()
            return call()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.concurrency
def test_several_workers_release_each_seat_once(app, db, space, order, now):
    order("ana", "morning")
    order("ben", "afternoon")
    at = now + 6 * HOUR + 30 * MINUTE
    assert _release(now + HOUR) == [True]
    found = _at_once(app, 4, lambda: [operations.release_seat(due=due, now=at) for due in queries.due_releases(at)])
    assert sum(sum(done) for done in found) == 1
    db.session.rollback()
    assert db.session.query(Message).filter_by(kind="seat_released").count() == 2


@pytest.mark.concurrency
def test_control_without_the_second_look_several_workers_tell_the_person_several_times(
    app, db, space, order, now, monkeypatch
):
    order()
    due = queries.due_releases(now + HOUR)
    db.session.rollback()
    monkeypatch.setattr(queries, "due_releases", lambda *_, **__: due)
    _at_once(app, 4, lambda: operations.release_seat(due=due[0], now=now + HOUR))
    db.session.rollback()
    assert db.session.query(Message).filter_by(kind="seat_released").count() == 4


def test_one_that_fails_does_not_hold_up_the_next(app, db, space, order, cast, now, monkeypatch, caplog):
    order("ana", "morning")
    factories.make_space("wagen", release_after=60)
    wanted = Order(uuid.uuid4(), "wagen", DAY, "morning")
    bookings.book(order=wanted, person_id=cast["ben"], now=now)
    release = operations.release_seat

    def fails_for_ana(*, due, now):
        if due.person_id == cast["ana"]:
            raise RuntimeError("broken")
        return release(due=due, now=now)

    monkeypatch.setattr(operations, "release_seat", fails_for_ana)
    one = loop.Loop(messages.way_out(app.config["NAHPLATZ"]), threading.Event())
    with time_machine.travel(now + HOUR, tick=False):
        one._release()
    assert "could not be released" in caplog.text
    assert [row.person_id for row in db.session.query(Booking).filter(Booking.released_at.is_not(None))] == [
        cast["ben"]
    ]


def test_whoever_watches_sees_that_nobody_releases(space, order, client, now):
    order()
    with time_machine.travel(now + HOUR + 2 * MINUTE, tick=False):
        told = client.get("/readyz").json
        assert (told["releases_waiting"], told["releases_oldest_seconds"]) == (1, 120)
        assert "releases_wait" not in told["warnings"]
    with time_machine.travel(now + HOUR + 6 * MINUTE, tick=False):
        assert "releases_wait" in client.get("/readyz").json["warnings"]


def test_a_released_booking_is_booked_anew_or_cancelled_but_keeps_no_seat(db, space, order, cast, now):
    booking = order()
    _release(now + HOUR)
    ana = cast["ana"]
    with pytest.raises(SeatReleased):
        bookings.change_seat(booking_uuid=booking.uuid, seat=1, person_id=ana, now=now + HOUR)
    again = Order(uuid.uuid4(), "kontor", DAY, "day")
    made = bookings.change(booking_uuid=booking.uuid, order=again, person_id=ana, now=now + HOUR)
    assert made == again.uuid
    new = booked.booking_of(ana, made)
    assert (_slots(db, booking), _slots(db, new), new.released_at) == (0, 2, None)
    assert queries.due_releases(now + 2 * HOUR - MINUTE) == []
    bookings.cancel(booking_uuid=made, person_id=ana, now=now + HOUR)
    with pytest.raises(BookingOver):
        bookings.cancel(booking_uuid=booking.uuid, person_id=ana, now=now + HOUR)
    assert list(jobs.findings()) == []


def test_only_a_host_switches_it(db, space, cast, now):
    factories.make_host(cast["hana"], space_id=space.id)
    spaces.change_release(slug="kontor", person_id=cast["hana"], minutes=30, now=now)
    db.session.expire_all()
    assert (space.release_after, space.version) == (30, 2)
    with pytest.raises(UnknownSpace):
        spaces.change_release(slug="kontor", person_id=cast["ana"], minutes=None, now=now)


def _visit(cast, now):
    (visit,) = phones.past(cast["ana"], page=1, now=now).visits
    return visit.state, visit.reason


def _told(phone):
    (told,) = phone.client.get("/api/v1/me/snapshot").json["bookings"]
    return told["released_at"], (told["checkin"] or {}).get("verdict")


def test_row_18_a_scan_before_the_release_undoes_the_no_show_and_leaves_the_seat(db, space, order, phone, cast, now):
    """She scanned at 8:10 without network, the seat was released at 9:00 and taken, her check-in comes at 10:00."""
    sign = operations.replace_sign(space_id=space.id, now=factories.MADE_AT).address("http://localhost")
    booking = order()
    with time_machine.travel(now + 10 * MINUTE, tick=False):
        scan = phone.scan(sign)
    _release(now + HOUR)
    other = order("ben", at=now + HOUR)
    with time_machine.travel(now + 3 * HOUR, tick=False):
        (verdict,) = phone.send(scan)
        assert (verdict["verdict"], verdict["booking"]) == ("accepted", str(booking.uuid))
        assert _told(phone)[1] == "accepted"
    assert _visit(cast, now + 24 * HOUR) == ("attended", None)
    assert (_slots(db, booking), _slots(db, other)) == (0, 2)
    assert list(jobs.findings()) == []


def test_row_18_a_scan_before_a_closure_counts_although_the_booking_ended(db, space, order, phone, cast, now):
    sign = operations.replace_sign(space_id=space.id, now=factories.MADE_AT).address("http://localhost")
    booking = order()
    with time_machine.travel(now + 10 * MINUTE, tick=False):
        scan = phone.scan(sign)
    closing = Closing(space.id, DAY, DAY, "Rohrbruch")
    bookings.close_days(closing=closing, present=queries.present, actor="host", now=now + HOUR)
    with time_machine.travel(now + 3 * HOUR, tick=False):
        (verdict,) = phone.send(scan)
    assert (verdict["verdict"], verdict["booking"]) == ("accepted", str(booking.uuid))
    assert _visit(cast, now + 24 * HOUR)[0] == "attended"
    assert _slots(db, booking) == 0


@pytest.mark.parametrize(("days", "state"), [(1, "unknown"), (13, "unknown"), (15, "missed")])
def test_row_19_the_mark_is_provisional_for_14_days(space, order, cast, now, days, state):
    booking = order()
    _release(now + HOUR)
    found, reason = _visit(cast, booking.ends_at + timedelta(days=days))
    assert found == state
    assert (reason is not None) == (state == "unknown")


@pytest.mark.parametrize("days", [0, 1, 13])
def test_row_19_a_check_in_that_syncs_late_turns_it_back(db, space, order, phone, cast, now, days):
    """The release of the seat is real, the mark on the person is not."""
    sign = operations.replace_sign(space_id=space.id, now=factories.MADE_AT).address("http://localhost")
    booking = order()
    with time_machine.travel(now + 2 * HOUR, tick=False):  # an hour after the release
        scan = phone.scan(sign)
    _release(now + HOUR)
    with time_machine.travel(now + timedelta(days=days) + 3 * HOUR, tick=False):
        (verdict,) = phone.send(scan)
        assert verdict["booking"] == str(booking.uuid)
    assert _visit(cast, now + timedelta(days=14))[0] == "attended"
    assert _row(db, booking).released_at == now + HOUR
    assert _slots(db, booking) == 0


def test_row_19_control_a_seat_that_is_held_until_the_check_in_comes_serves_nobody(space, order, now, monkeypatch):
    """Without the release the seat stays taken all day."""
    order()
    monkeypatch.setattr(steps, "release", lambda booking_id, now: booked.booking_by_id(booking_id))
    _release(now + HOUR)
    with pytest.raises(Exception, match="no_seat_free"):
        order("ben", at=now + HOUR)
