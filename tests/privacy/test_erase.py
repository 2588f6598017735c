"""Erasing a person: nothing names them any more, and nobody else loses anything."""

from __future__ import annotations

import contextlib
import json
import uuid
from datetime import date
from threading import Event, Thread

import pytest
from sqlalchemy import func, select

from app import transaction
from app.audit.models import AuditEntry
from app.bookings import operations as bookings
from app.bookings.models import Booking, BookingSlot
from app.checkins import operations as checkins
from app.checkins.models import Checkin, Device
from app.errors import NotFound
from app.extensions import Model
from app.extensions import db as database
from app.messages.models import Message
from app.people import queries as people
from app.people import steps
from app.privacy import operations, queries
from tests import factories

TUESDAY = date(2026, 11, 24)


def _everything(db):
    db.session.rollback()
    return {name: db.session.execute(select(table)).mappings().all() for name, table in Model.metadata.tables.items()}


def test_no_row_knows_the_person_any_more(full, db, now):
    ana = full[0]
    public_id = str(ana.public_id)
    operations.erase(person_id=ana.id, now=now)
    left = _everything(db)
    # What remains is the farewell on its way, and an audit that keeps plain ids.
    farewell = [row for row in left.pop("messages") if row["kind"] == "account_deleted"]
    assert [(row["to"], row["person_id"], row["payload"]) for row in farewell] == [
        ("ana@example.org", None, {"name": "Ana Albers"})
    ]
    about = [row for row in left.pop("audit_entries") if row["action"] == "erase"]
    assert [(row["actor"], row["subject_kind"], row["subject_id"], row["detail"]) for row in about] == [
        (public_id, "person", public_id, {})
    ]
    for name, rows in left.items():
        for row in rows:
            # These tables keep nothing but texts of the fixture that look like hers.
            texts = (
                []
                if name in {"checkins", "bookings", "defects", "reminders"}
                else [str(value) for value in row.values()]
            )
            assert not [text for text in texts if "Ana Albers" in text or "ana@" in text], name
            assert row.get("person_id") != ana.id, name
    assert str(ana.public_id) not in str(left)


def test_a_device_that_the_person_set_up_for_a_space_stops(full, db, now):
    ana = full[0]
    space = factories.make_space("kontor")
    order = checkins.HostDeviceOrder(uuid.uuid4(), "Tablet", None, space.id, ana.id)
    checkins.register_host_device(order=order, actor="shell", now=now)
    assert order.uuid.hex in json.dumps(queries.everything_about(ana.id)).replace("-", "")
    operations.erase(person_id=ana.id, now=now)
    db.session.rollback()
    row = db.session.execute(select(Device).where(Device.uuid == order.uuid)).scalar_one()
    assert (row.maker_id, row.token_digest, row.revoked_at) == (None, None, now)


def test_nobody_else_loses_anything(full, db, now):
    ana, ben = full
    before = queries.everything_about(ben.id)
    db.session.rollback()
    operations.erase(person_id=ana.id, now=now)
    db.session.rollback()
    assert queries.everything_about(ben.id) == before


def test_bookings_and_check_ins_stay_without_the_person(full, db, now):
    counts = [db.session.execute(select(func.count()).select_from(table)).scalar_one() for table in (Booking, Checkin)]
    operations.erase(person_id=full[0].id, now=now)
    left = [db.session.execute(select(func.count()).select_from(table)).scalar_one() for table in (Booking, Checkin)]
    assert left == counts
    checkin = db.session.execute(select(Checkin).where(Checkin.person_id.is_(None))).scalar_one()
    assert (checkin.body, checkin.captured_at, checkin.effective_at, checkin.device) == (None, None, None, None)
    assert checkin.local_date is not None


def test_what_was_booked_can_be_booked_by_others(cast, db, now):
    factories.make_space("kontor", seats=1)
    order = bookings.Order(uuid=uuid.uuid4(), space="kontor", date=TUESDAY, period="day")
    bookings.book(order=order, person_id=cast["ana"], now=now)
    operations.erase(person_id=cast["ana"], now=now)
    booking = db.session.execute(select(Booking)).scalar_one()
    assert (booking.person_id, booking.ended_reason, booking.ended_at) == (None, "erased", now)
    assert booking.request_digest == ""
    again = bookings.Order(uuid=uuid.uuid4(), space="kontor", date=TUESDAY, period="day")
    assert bookings.book(order=again, person_id=cast["ben"], now=now).is_new


def test_every_address_gets_a_farewell(cast, db, now):
    transaction.write(steps.add_address)(cast["ana"], "ana.privat@beispiel.example", now=now)
    operations.erase(person_id=cast["ana"], now=now)
    sent = db.session.execute(select(Message.to, Message.kind).order_by(Message.id)).all()
    assert sent == [("ana@beispiel.example", "account_deleted"), ("ana.privat@beispiel.example", "account_deleted")]
    assert people.find_by_email("ana@beispiel.example") is None


def test_erasing_twice_is_refused(cast, now):
    operations.erase(person_id=cast["ana"], now=now)
    with pytest.raises(NotFound):
        operations.erase(person_id=cast["ana"], now=now)


@pytest.mark.concurrency
def test_a_booking_made_in_the_same_moment_does_not_survive(app, cast, db, now, monkeypatch):
    """The person books after their days were locked and before they were: the seat must still come free."""
    factories.make_space("kontor", seats=1)
    db.session.rollback()
    order = bookings.Order(uuid=uuid.uuid4(), space="kontor", date=TUESDAY, period="day")
    days_are_locked, has_booked = Event(), Event()
    lock = steps.lock

    def _lock_later(person_id):
        if person_id == cast["ana"] and not days_are_locked.is_set():
            days_are_locked.set()
            has_booked.wait(3)
        return lock(person_id)

    def _erase():
        with app.app_context():
            operations.erase(person_id=cast["ana"], now=now)
            database.session.remove()

    monkeypatch.setattr("app.privacy.operations.steps.lock", _lock_later)
    eraser = Thread(target=_erase)
    eraser.start()
    days_are_locked.wait()
    monkeypatch.undo()
    with contextlib.suppress(NotFound):  # on SQLite it has to wait until she is gone
        bookings.book(order=order, person_id=cast["ana"], now=now)
    has_booked.set()
    eraser.join()
    assert db.session.execute(select(func.count()).select_from(BookingSlot)).scalar_one() == 0
    db.session.rollback()
    again = bookings.Order(uuid=uuid.uuid4(), space="kontor", date=TUESDAY, period="day")
    assert bookings.book(order=again, person_id=cast["ben"], now=now).is_new


def test_the_form_erases_and_says_good_bye(as_, cast, db):
    ana, phone = as_("ana"), as_("ana")
    answer = ana.submit("/profil/loeschen", {"confirm": "ja"})
    assert (answer.status_code, answer.location) == (303, "/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert [browser.get("/profil").status_code for browser in (ana, phone)] == [303, 303]
    assert people.find_by_email("ana@beispiel.example") is None
    assert db.session.execute(select(AuditEntry.action)).scalars().all() == ["erase"]


@pytest.mark.parametrize("form", [{}, {"confirm": ""}, {"confirm": "nein"}])
def test_without_a_yes_nothing_is_erased(as_, cast, form):
    answer = as_("ana").submit("/profil/loeschen", form)
    assert answer.status_code == 422
    assert "Setz bitte den Haken" in answer.text
    assert "Clear-Site-Data" not in answer.headers
    assert people.find_by_email("ana@beispiel.example") == cast["ana"]


def test_the_page_says_how_many_bookings_would_go(as_, cast, now):
    factories.make_space("kontor", seats=1)
    order = bookings.Order(uuid=uuid.uuid4(), space="kontor", date=TUESDAY, period="day")
    bookings.book(order=order, person_id=cast["ana"], now=now)
    assert "Deine 1 offene Buchung wird abgesagt." in as_("ana").get("/profil").text
    assert "Du hast keine offenen Buchungen" in as_("ben").get("/profil").text
