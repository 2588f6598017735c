"""Closing a space at short notice: who is told what, who stays, and that nobody books in between."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.bookings import operations, queries, steps
from app.bookings.models import Booking, BookingSlot
from app.bookings.operations import Order
from app.bookings.operations.refusals import SpaceClosed
from app.bookings.queries import DAYS_AHEAD, Closing
from app.errors import DomainError, InvalidInput, NotFound
from app.jobs import queries as jobs
from app.messages.models import Message
from app.people.models import Person
from app.spaces import queries as spaces
from app.spaces.models import Closure, Space
from app.spaces.queries import Closed, UnknownSpace
from app.spaces.steps import AlreadyClosed, ClosedInPast
from tests.factories import make_closure, make_people, make_space

MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)
DAY = timedelta(days=1)


@pytest.fixture
def house(app):
    """A space, and others at growing distance; the nearest is always shut."""
    house = make_space("kontor", seats=4, lat=51.90, lon=7.30)
    make_space("zu", lat=51.901, lon=7.30, hours={})
    make_space("nah", seats=1, lat=51.92, lon=7.30)
    make_space("mittel", seats=1, lat=51.95, lon=7.30)
    make_space("fern", seats=1, lat=52.00, lon=7.30)
    make_space("ganz-fern", seats=1, lat=52.50, lon=7.30)
    return house


@pytest.fixture
def people(app):
    return make_people(6)


def _book(person_id, now, day=TUESDAY, period="day", space="kontor"):
    order = Order(uuid.uuid4(), space, day, period)
    return operations.book(order=order, person_id=person_id, now=now).booking


def _close(house, now, first=TUESDAY, last=None, reason="Rohrbruch", present=lambda ids: ()):
    closing = Closing(house.id, first, last or first, reason)
    return operations.close_days(closing=closing, present=present, actor="host", now=now)


def _sent(db, kind="booking_closed"):
    db.session.expire_all()
    return db.session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)).all()


def _state(db, booking):
    db.session.expire_all()
    row = db.session.get(Booking, booking.id)
    slots = db.session.query(BookingSlot).filter_by(booking_id=booking.id).count()
    return row.ended_reason, slots


def test_bookings_of_the_day_end_and_each_person_is_told_once(db, house, people, now):
    ana, ben = people[:2]
    hit = [_book(ana, now, period="morning"), _book(ana, now, period="afternoon"), _book(ben, now)]
    spared = _book(ana, now, TUESDAY + DAY)
    before = db.session.get(Person, ana).version

    done = _close(house, now)

    assert (done.ended, done.told, done.stay, done.is_new) == (3, 2, 0, True)
    assert [_state(db, each) for each in hit] == [("closed", 0)] * 3
    assert _state(db, spared) == (None, 2)
    told = _sent(db)
    assert [message.person_id for message in told] == [ana, ben]
    assert [each["uuid"] for each in told[0].payload["bookings"]] == [str(each.uuid) for each in hit[:2]]
    assert told[0].payload["reason"] == "Rohrbruch"
    assert db.session.get(Person, ana).version == before + 1  # their phones hear of it
    assert list(jobs.findings()) == []


def test_three_places_nearby_are_offered_the_nearest_first(db, house, people, now):
    _book(people[0], now)
    _close(house, now)
    ways = _sent(db)[0].payload["bookings"][0]["ways"]
    assert [way["path"] for way in ways] == [
        f"/orte/{slug}/buchen?date=2026-11-24&period=day" for slug in ("nah", "mittel", "fern")
    ]


def test_what_is_taken_or_closed_is_not_offered(db, house, people, now):
    _book(people[0], now)
    _book(people[1], now, space="nah", period="afternoon")
    make_closure(db.session.query(Space).filter_by(slug="mittel").one(), TUESDAY)
    _close(house, now)
    ways = _sent(db)[0].payload["bookings"][0]["ways"]
    assert [way["name"] for way in ways] == ["Fern", "Ganz-Fern"]


def test_a_half_day_is_offered_where_that_half_is_free(db, house, people, now):
    _book(people[0], now, period="morning")
    _book(people[1], now, space="nah", period="afternoon")
    _close(house, now)
    (way, *_) = _sent(db)[0].payload["bookings"][0]["ways"]
    assert (way["name"], way["period"]) == ("Nah", "morning")


def test_on_a_running_day_whoever_is_there_stays_and_the_rest_of_the_day_is_offered(db, house, people, now):
    there, late = _book(people[0], now, MONDAY), _book(people[1], now, MONDAY)
    over = _book(people[2], now, MONDAY, "morning")
    with time_machine.travel(now + timedelta(hours=6), tick=False):  # two o'clock
        done = _close(house, now + timedelta(hours=6), MONDAY, present=lambda ids: {there.id} & set(ids))
    assert (done.ended, done.stay) == (1, 1)
    assert [_state(db, each)[0] for each in (there, late, over)] == [None, "closed", None]
    (way, *_) = _sent(db)[0].payload["bookings"][0]["ways"]
    assert (way["name"], way["period"]) == ("Nah", "afternoon")


def test_a_longer_closure_ends_what_is_booked_on_any_of_its_days(db, house, people, now):
    hit = [_book(people[0], now, TUESDAY + number * DAY) for number in range(3)]
    spared = _book(people[1], now, TUESDAY + 3 * DAY)
    assert _close(house, now, TUESDAY, TUESDAY + 2 * DAY).ended == 3
    assert [_state(db, each)[0] for each in (*hit, spared)] == ["closed"] * 3 + [None]
    assert len(_sent(db)) == 1


def test_nobody_books_a_closed_day_and_everybody_may_after_reopening(db, house, people, now):
    ended = _book(people[0], now)
    _close(house, now)
    with pytest.raises(SpaceClosed):
        _book(people[1], now)
    closure = db.session.query(Closure).one()
    operations.reopen_days(space_id=house.id, closure_id=closure.id, actor="host", now=now)
    _book(people[1], now)
    assert _state(db, ended)[0] == "closed"
    written = [row.action for row in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert written == ["end_bookings", "close_days", "reopen_days"]


def test_the_same_closure_sent_again_does_nothing(db, house, people, now):
    _book(people[0], now)
    assert _close(house, now).is_new
    assert not _close(house, now).is_new
    assert db.session.query(Closure).count() == 1
    assert len(_sent(db)) == 1


def test_closures_do_not_overlap(db, house, people, now):
    _close(house, now, TUESDAY, TUESDAY + 2 * DAY)
    booked = _book(people[0], now, TUESDAY + 3 * DAY)
    with pytest.raises(AlreadyClosed) as refused:
        _close(house, now, TUESDAY + 2 * DAY, TUESDAY + 3 * DAY, "Inventur")
    assert refused.value.values == {"reason": "Rohrbruch"}
    assert _state(db, booked)[0] is None


@pytest.mark.parametrize(
    ("first", "last", "reason", "field"),
    [
        (MONDAY - DAY, MONDAY, "Rohrbruch", "first_on"),
        (TUESDAY, MONDAY, "Rohrbruch", "last_on"),
        (TUESDAY, TUESDAY + 367 * DAY, "Rohrbruch", "last_on"),
        (TUESDAY, TUESDAY, " ", "reason"),
        (TUESDAY, TUESDAY, "x" * 201, "reason"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(db, house, now, first, last, reason, field):
    with pytest.raises(InvalidInput) as refused:
        _close(house, now, first, last, reason)
    assert list(refused.value.fields) == [field]
    assert db.session.query(Closure).count() == 0


def test_an_unknown_space_is_refused(app, now):
    with pytest.raises(UnknownSpace):
        operations.close_days(closing=Closing(1, TUESDAY, TUESDAY, "x"), present=set, actor="host", now=now)


def test_a_closure_that_has_begun_keeps_the_days_that_were(db, house, now):
    _close(house, now, MONDAY, MONDAY + 3 * DAY)
    closure = db.session.query(Closure).one().id
    operations.reopen_days(space_id=house.id, closure_id=closure, actor="host", now=now + 2 * DAY)
    db.session.expire_all()
    kept = db.session.query(Closure).one()
    assert (kept.first_on, kept.last_on) == (MONDAY, MONDAY + DAY)
    with pytest.raises(ClosedInPast):
        operations.reopen_days(space_id=house.id, closure_id=closure, actor="host", now=now + 2 * DAY)


def test_a_closure_of_another_space_is_not_reopened(db, house, now):
    _close(house, now)
    other = db.session.query(Space).filter_by(slug="nah").one()
    with pytest.raises(NotFound):
        operations.reopen_days(space_id=other.id, closure_id=db.session.query(Closure).one().id, actor="host", now=now)


def test_closing_for_good_ends_all_that_comes(db, house, people, now):
    hit = [_book(people[0], now, TUESDAY + 7 * DAY), _book(people[1], now, MONDAY + 84 * DAY)]
    spared = _book(people[2], now)
    closing = Closing(house.id, TUESDAY + DAY, TUESDAY + DAY, "Wir hören auf")
    done = operations.close_for_good(closing=closing, present=lambda ids: (), actor="host", now=now)
    assert (done.ended, done.told) == (2, 2)
    assert [_state(db, each)[0] for each in (*hit, spared)] == ["closed", "closed", None]
    assert spaces.directory().space("kontor").opening(TUESDAY + DAY) == Closed("gone")


def test_what_was_counted_in_a_closure_that_failed_is_not_kept(db, house, people, now, monkeypatch):
    """What a transaction sees before it is committed must not be what this process believes afterwards."""
    _book(people[0], now)
    monkeypatch.setattr(steps, "tell_closed", lambda *_, **__: (_ for _ in ()).throw(NotFound))
    with pytest.raises(NotFound):
        _close(house, now)
    house.version += 1  # somebody else's change gives the space the very version that the failed closure had
    db.session.commit()
    assert not isinstance(spaces.directory().space("kontor").opening(TUESDAY), Closed)
    assert queries.free_seats([spaces.directory().space("kontor")], TUESDAY, 1, now=now)[house.id][0].day == 3


def _in_threads(app, calls):
    """Run calls at the same moment, each with connections of its own; returns what each gave or how it was refused."""
    gate = threading.Barrier(len(calls))

    def run(call):
        with app.app_context():
            gate.wait()
            try:
                return call()
            except DomainError as refusal:
                return refusal

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def _rounds(app, house, people, now, count):
    """Close a day while six people book it, on `count` days. Returns (bookings made, open ones on closed days)."""
    made = 0
    for number in range(count):
        day = MONDAY + (7 * (number // 4 + 1) + number % 4) * DAY

        def close(day=day):
            return _close(house, now, day)

        def book(person, day=day):
            return _book(person, now, day, "morning")

        answers = _in_threads(app, [*[lambda p=person: book(p) for person in people[:4]], close])
        assert isinstance(answers[-1], operations.Closed)
        made += sum(not isinstance(answer, DomainError) for answer in answers[:-1])
    first = queries.booked_at(house.id, MONDAY, MONDAY + DAYS_AHEAD * DAY, now=now)
    return made, len(first)


@pytest.mark.concurrency
def test_booking_and_closing_the_same_day_exclude_each_other(app, db, house, people, now):
    db.session.rollback()
    made, left = _rounds(app, house, people, now, 24)
    assert made > 0  # somebody was faster than the closure, now and then
    assert left == 0
    told = sum(len(message.payload["bookings"]) for message in _sent(db))
    assert told == made
    assert list(jobs.findings()) == []


@pytest.mark.concurrency
def test_control_without_the_second_look_under_the_lock_closed_days_are_booked(
    app, db, house, people, now, monkeypatch
):
    """Whoever trusts what was read before the day was locked books on a day that was closed meanwhile."""
    db.session.rollback()
    facts = steps.facts

    def trusting(*args, **asked):
        return replace(facts(*args, **asked), space_version=spaces.known_space("kontor").version)

    monkeypatch.setattr(steps, "facts", trusting)
    _, left = _rounds(app, house, people, now, 8)
    assert left > 0
