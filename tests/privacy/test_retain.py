"""What the night lets go of: each rule at its boundary, in bounded steps, and twice the same."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from app.audit.models import AuditEntry
from app.bookings import operations as bookings
from app.bookings.models import Booking, BookingSlot
from app.checkins.models import Checkin, Device
from app.extensions import Model
from app.extensions import db as database
from app.jobs import night
from app.jobs import queries as jobs
from app.messages.models import Message
from app.people.models import Session, SignInCode
from app.privacy import operations
from app.spaces.models import Application, Defect, Operator, Space
from tests import factories
from tests.phones import code, phone, phone_of, sign, space

__all__ = ["code", "phone", "phone_of", "sign", "space"]

TODAY = date(2026, 11, 23)


def _retain(now):
    """Run all steps, as the night does; returns how many check-ins and bookings it was."""
    database.session.rollback()
    checkins = booked = after = 0
    while after is not None:
        done = operations.retain(now=now, after=after)
        checkins, booked, after = checkins + done.checkins, booked + done.bookings, done.after
    return checkins, booked


def _everything(db):
    db.session.rollback()
    tables = Model.metadata.tables.items()
    return {name: sorted(map(repr, db.session.execute(select(table)))) for name, table in tables}


def _checkin(person_id, day, **changes):
    """Store a check-in of 07:12 UTC on `day`, that arrived three minutes later."""
    at = datetime(day.year, day.month, day.day, 7, 12, tzinfo=UTC) if day else None
    row = {
        "event_id": uuid.uuid4(),
        "person_id": person_id,
        "device": uuid.UUID(int=person_id),
        "seq": database.session.execute(select(func.count()).select_from(Checkin)).scalar_one() + 1,
        "kind": "check_in",
        "body": "{}",
        "body_digest": "d" * 64,
        "claimed_booking": uuid.uuid4(),
        "captured_at": at,
        "sent_at": at,
        "received_at": at and at + timedelta(minutes=3),
        "effective_at": at,
        "local_date": day,
        "verdict": "accepted",
        "is_unowned": False,
    }
    number = database.session.execute(insert(Checkin).values(row | changes).returning(Checkin.id)).scalar_one()
    database.session.commit()
    return number


def _stored(db, number):
    db.session.rollback()
    return db.session.execute(select(Checkin.__table__).where(Checkin.id == number)).mappings().one()


@pytest.fixture
def ana(cast):
    return cast["ana"]


def test_a_check_in_keeps_its_time_until_day_14_and_then_only_its_day(ana, db, now):
    kept = _checkin(ana, TODAY - timedelta(days=14))
    due = _checkin(ana, TODAY - timedelta(days=15))
    before = _stored(db, kept)
    assert _retain(now) == (1, 0)
    assert _stored(db, kept) == before
    left = _stored(db, due)
    assert (left["body"], left["captured_at"], left["sent_at"]) == (None, None, None)
    start = datetime(2026, 11, 7, 23, tzinfo=UTC)  # midnight in Germany
    assert (left["effective_at"], left["received_at"], left["local_date"]) == (start, start, date(2026, 11, 8))
    assert (left["body_digest"], left["person_id"], left["verdict"]) == ("d" * 64, ana, "accepted")


def test_the_day_ends_at_midnight_in_germany(ana, db):
    number = _checkin(ana, date(2026, 11, 9))
    assert _retain(datetime(2026, 11, 23, 22, 59, tzinfo=UTC)) == (0, 0)
    assert _stored(db, number)["body"] == "{}"
    assert _retain(datetime(2026, 11, 23, 23, 0, tzinfo=UTC)) == (1, 0)


def test_the_day_begins_on_the_clock_of_the_space(ana, db, now):
    london = factories.make_space("london", timezone="Europe/London")
    number = _checkin(ana, date(2026, 10, 25), space_id=london.id)  # the day on which summer time ends
    _retain(now)
    assert _stored(db, number)["effective_at"] == datetime(2026, 10, 24, 23, tzinfo=UTC)


def test_what_arrived_days_later_keeps_the_day_on_which_it_came(ana, db, now):
    number = _checkin(ana, date(2026, 11, 2), received_at=datetime(2026, 11, 12, 17, 45, tzinfo=UTC))
    _retain(now)
    assert _stored(db, number)["received_at"] == datetime(2026, 11, 11, 23, tzinfo=UTC)


def test_what_nobody_could_read_goes_by_the_day_on_which_it_came(ana, db, now):
    unread = {"kind": None, "effective_at": None, "captured_at": None, "sent_at": None, "verdict": "rejected"}
    midnight = datetime(2026, 11, 8, 23, tzinfo=UTC)
    kept = _checkin(ana, None, **unread, received_at=midnight)
    due = _checkin(ana, None, **unread, received_at=midnight - timedelta(seconds=1))
    assert _retain(now) == (1, 0)
    assert (_stored(db, kept)["body"], _stored(db, due)["body"]) == ("{}", None)
    assert _stored(db, due)["effective_at"] is None


def _book(person_id, day, space="kontor"):
    order = bookings.Order(uuid=uuid.uuid4(), space=space, date=day, period="day")
    made = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)
    return bookings.book(order=order, person_id=person_id, now=made).booking.id


def test_a_booking_has_its_person_for_90_days(ana, cast, db, now):
    factories.make_space("kontor", hours=dict.fromkeys(range(7), (480, 780, 1080)))
    kept = _book(ana, TODAY - timedelta(days=90))
    due = _book(ana, TODAY - timedelta(days=91))
    assert _retain(now) == (0, 1)
    rows = dict(db.session.execute(select(Booking.id, Booking.person_id)).all())
    assert rows == {kept: ana, due: None}
    slots = set(db.session.execute(select(BookingSlot.booking_id, BookingSlot.person_id)).all())
    assert slots == {(kept, ana), (due, None)}
    digests = dict(db.session.execute(select(Booking.id, Booking.request_digest)).all())
    assert (len(digests[kept]), digests[due]) == (64, "")
    assert list(jobs.findings()) == []


def test_a_check_in_has_its_person_and_phone_for_90_days(ana, db, now):
    due = _checkin(ana, TODAY - timedelta(days=91))
    kept = _checkin(ana, TODAY - timedelta(days=90))
    _retain(now)
    assert (_stored(db, kept)["person_id"], _stored(db, kept)["seq"]) == (ana, 2)
    left = _stored(db, due)
    gone = ("person_id", "device", "seq", "claimed_booking", "body")
    assert [left[name] for name in gone] == [None] * 5
    assert left["local_date"] == TODAY - timedelta(days=91)


def test_forgotten_numbers_of_a_phone_are_not_missing(phone, code, db, now):
    phone.post(phone.batch([phone.scan(code) for _ in range(3)]))
    later = now + timedelta(days=91)
    _retain(later)
    assert db.session.execute(select(Device.forgotten_seq)).scalar_one() == 3
    db.session.rollback()
    assert phone.post(phone.batch([phone.scan(code)])).json["missing"] == []
    phone.scan(code)
    assert phone.post(phone.batch([phone.scan(code)])).json["missing"] == [5]


@pytest.mark.parametrize(
    ("model", "column", "kept"),
    [
        (AuditEntry, "at", timedelta(days=365)),
        (SignInCode, "made_at", timedelta(days=1)),
        (Session, "expires_at", timedelta(microseconds=-1)),
        (Device, "seen_at", timedelta(days=180)),
        (Message, "made_at", timedelta(days=30)),
    ],
)
def test_rows_go_when_their_time_is_over(full, db, now, model, column, kept):
    ana, ben = [row.id for row in db.session.execute(select(model).order_by(model.id)).scalars()]
    for row_id, at in ((ana, now - kept), (ben, now - kept - timedelta(microseconds=1))):
        table = model.__table__
        db.session.execute(table.update().where(table.c.id == row_id).values({column: at}))
    db.session.commit()
    _retain(now)
    assert db.session.execute(select(model.id)).scalars().all() == [ana]


def test_a_message_that_still_waits_stays(full, db, now):
    table = Message.__table__
    db.session.execute(table.update().values(made_at=now - timedelta(days=99), due_at=now))
    db.session.commit()
    _retain(now)
    assert db.session.execute(select(func.count()).select_from(Message)).scalar_one() == 2


def test_a_second_night_finds_nothing_to_do(cast, db, now):
    factories.make_space("kontor", hours=dict.fromkeys(range(7), (480, 780, 1080)))
    for person in cast.values():
        for days in (14, 15, 89, 91, 200):
            _checkin(person, TODAY - timedelta(days=days))
    for days in (10, 95, 120):
        _book(cast["ana"], TODAY - timedelta(days=days))
    assert _retain(now) == (4 * len(cast), 2)
    after = _everything(db)
    assert _retain(now) == (0, 0)
    assert _everything(db) == after


def test_each_step_is_bounded_and_goes_on_after_the_last_person(cast, db, now, monkeypatch):
    monkeypatch.setattr(operations, "PEOPLE_AT_ONCE", 2)
    monkeypatch.setattr(operations, "ROWS_AT_ONCE", 3)
    for person in cast.values():
        _checkin(person, TODAY - timedelta(days=20))
    old = {"at": now - timedelta(days=400), "actor": "a", "action": "b", "subject_kind": "c", "subject_id": "d"}
    for _ in range(14):
        db.session.execute(insert(AuditEntry).values(old | {"detail": {}}))
    db.session.commit()
    steps, after = [], 0
    while after is not None:
        done = operations.retain(now=now, after=after)
        after = done.after
        left = db.session.execute(select(func.count()).select_from(AuditEntry)).scalar_one()
        db.session.rollback()
        steps.append((done.checkins, left))
    last = len(cast) % 2  # of an odd number of people one is left for the fourth step
    assert steps == [(2, 11), (2, 8), (2, 5), (last, 2), (0, 0)]


def test_the_night_takes_all_steps_and_says_how_much_it_was(ana, now):
    _checkin(ana, TODAY - timedelta(days=15))
    assert night.TASKS["retain"](now) == "1 check-ins without their time, 0 bookings without their person"
    assert night.TASKS["retain"](now) == "0 check-ins without their time, 0 bookings without their person"


@pytest.mark.parametrize(("days", "is_kept"), [(90, True), (91, False)])
def test_what_was_mended_goes_after_90_days_and_what_is_broken_stays(ana, db, now, days, is_kept):
    space = factories.make_space("kontor")
    open_ = factories.make_defect(space, person_id=ana, photo=b"x", made_at=now - timedelta(days=days)).id
    settled = {"settled_at": now - timedelta(days=days), "made_at": now - timedelta(days=400)}
    mended = factories.make_defect(space, person_id=ana, **settled).id
    _retain(now)
    left = dict(db.session.execute(select(Defect.id, Defect.person_id)).all())
    assert left == {open_: ana if is_kept else None} | ({mended: None} if is_kept else {})
    assert db.session.execute(select(Defect.photo).where(Defect.id == open_)).scalar_one() == b"x"


def _offer(person_id, name, state, decided_at, **changes):
    operator = changes.pop("operator", None) or factories.make_operator(f"{name} GmbH", f"{name}-gmbh")
    place = "open" if state == "approved" else "applied"
    space = factories.make_space(name, operator_id=operator.id, state=place, **changes)
    factories.make_application(space, person_id, state=state, decided_at=decided_at, note="bitte")


def _names(db):
    db.session.rollback()
    return {
        *db.session.scalars(select(Space.slug)),
        *db.session.scalars(select(Operator.slug)),
        *(f"offer {each}" for each in db.session.scalars(select(Application.state))),
    }


def test_a_declined_offer_goes_with_its_place_and_its_operator_after_180_days(ana, cast, db, now):
    own = factories.make_operator("Landbüros eG", "landbueros-eg")
    factories.make_host(cast["hana"], operator_id=own.id)
    _offer(ana, "alt", "declined", now - timedelta(days=181))
    _offer(ana, "zweit", "declined", now - timedelta(days=181), operator=own)
    _offer(ana, "jung", "declined", now - timedelta(days=180))
    _offer(ana, "offen", "approved", now - timedelta(days=181))
    _offer(ana, "wartet", "asked", None)
    _retain(now)
    assert _names(db) == {
        *("jung", "jung-gmbh", "offer declined", "wartet", "wartet-gmbh", "offer asked"),
        *("offen", "offen-gmbh", "landbueros-eg"),
    }


def test_erasing_takes_what_was_offered_and_led_to_nothing(ana, cast, db, now):
    _offer(ana, "nein", "declined", now)
    _offer(ana, "wartet", "sent", None)
    _offer(ana, "offen", "approved", now)
    _offer(cast["ben"], "bens", "declined", now)
    operations.erase(person_id=ana, now=now)
    assert _names(db) == {"offen", "offen-gmbh", "offer approved", "bens", "bens-gmbh", "offer declined"}
    mine = select(Application.note, Application.person_id).where(Application.state == "approved")
    assert db.session.execute(mine).one() == (None, None)
