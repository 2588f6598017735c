"""What calendars make of the mails about a booking: one appointment that is updated, moved and withdrawn."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from sqlalchemy import select

from app.bookings import operations
from app.bookings.models import Booking
from app.bookings.operations import Order
from app.bookings.queries import Closing
from app.messages import mail
from app.messages.models import Message
from app.messages.queries import Claimed
from tests.factories import make_person, make_space

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = date(2026, 11, 24)


@pytest.fixture
def space(app):
    facts = {"address": "Am Markt 1", "plz": "48301", "arrival": "Hinter der Kirche, zweite Tür.", "stop": "Markt"}
    return make_space("wagen", seats=3, lat=51.93, lon=7.35, **facts)


@pytest.fixture
def ana(app, space):
    return make_person(email="ana@example.org").id


def _book(person, now, day=TUESDAY, period="day"):
    return operations.book(order=Order(uuid.uuid4(), "wagen", day, period), person_id=person, now=now).booking


def _letters(db):
    """All mails that have been written, in order."""
    db.session.rollback()
    columns = (Message.id, Message.kind, Message.to, Message.language, Message.payload, Message.made_at, Message.tries)
    return [mail.compose(Claimed(*row)) for row in db.session.execute(select(*columns).order_by(Message.id))]


def _parts(letter):
    """The calendar parts of a mail, each with its method."""
    found = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    return [(part.get_param("method"), Calendar.from_ical(part.get_content())) for part in found]


def _only(letter):
    [(method, calendar)] = _parts(letter)
    [event] = calendar.walk("VEVENT")
    assert calendar["METHOD"] == method
    return method, event


def test_a_booking_is_an_invitation_that_asks_for_no_answer(ana, db, now):
    booking = _book(ana, now)
    [letter] = _letters(db)
    method, event = _only(letter)

    assert letter.get_content_type() == "multipart/alternative", "so mail programs show it at once"
    assert (method, event["UID"], event["SEQUENCE"]) == ("REQUEST", f"{booking.uuid}@localhost", 0)
    assert event["DTSTART"].dt == datetime(2026, 11, 24, 8, tzinfo=BERLIN)
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert event["LOCATION"] == "Wagen, Am Markt 1, 48301 Nottuln"
    assert (event["GEO"].latitude, event["GEO"].longitude) == (51.93, 7.35)
    for words in ("Hinter der Kirche, zweite Tür.", "Haltestelle: Markt", "http://localhost/meine"):
        assert words in event["DESCRIPTION"]
    assert (event["ATTENDEE"], event["ATTENDEE"].params["RSVP"]) == ("mailto:ana@example.org", "FALSE")
    assert event["ORGANIZER"] == "mailto:nahplatz@localhost"


def test_a_change_of_day_moves_the_same_appointment_and_cancelling_withdraws_it(ana, db, now):
    booking = _book(ana, now)
    order = Order(uuid.uuid4(), "wagen", date(2026, 11, 26), "morning")
    moved = operations.change(booking_uuid=booking.uuid, order=order, person_id=ana, now=now)
    operations.cancel(booking_uuid=moved, person_id=ana, now=now)

    said = [_only(letter) for letter in _letters(db)]

    assert [method for method, _ in said] == ["REQUEST", "REQUEST", "CANCEL"]
    assert {event["UID"] for _, event in said} == {f"{booking.uuid}@localhost"}
    assert [event["DTSTART"].dt.day for _, event in said] == [24, 26, 26]
    sequences = [event["SEQUENCE"] for _, event in said]
    assert sequences == sorted(set(sequences)), "each is newer than the one before"
    assert [event["STATUS"] for _, event in said] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_the_mail_and_the_file_say_the_same(ana, db, now, app):
    booking = _book(ana, now)
    operations.change_seat(booking_uuid=booking.uuid, seat=3, person_id=ana, now=now)
    row = db.session.scalars(select(Booking)).one()
    _, event = _only(_letters(db)[-1])
    assert (event["UID"], event["SEQUENCE"]) == (f"{row.uuid}@localhost", row.sequence)
    operations.cancel(booking_uuid=booking.uuid, person_id=ana, now=now)
    db.session.expire_all()
    _, event = _only(_letters(db)[-1])
    assert event["SEQUENCE"] == db.session.scalars(select(Booking)).one().sequence


def test_several_bookings_are_several_invitations(ana, db, now):
    orders = [Order(uuid.uuid4(), "wagen", date(2026, 11, day), "day") for day in (24, 25, 26)]
    made = operations.book_several(orders=orders, person_id=ana, now=now)
    operations.cancel_several(booking_uuids=[each.order.uuid for each in made], person_id=ana, now=now)
    booked, cancelled = (_parts(letter) for letter in _letters(db))

    uids = [f"{each.order.uuid}@localhost" for each in made]
    assert [calendar.walk("VEVENT")[0]["UID"] for _, calendar in booked] == uids
    assert [calendar.walk("VEVENT")[0]["UID"] for _, calendar in cancelled] == uids
    assert {method for method, _ in booked} == {"REQUEST"}
    assert {method for method, _ in cancelled} == {"CANCEL"}
    assert all(len(calendar.walk("VEVENT")) == 1 for _, calendar in booked), "an invitation is about one appointment"


def test_a_closure_withdraws_it(ana, space, db, now):
    _book(ana, now)
    closing = Closing(space.id, TUESDAY, TUESDAY, "Rohrbruch")
    operations.close_days(closing=closing, present=lambda _: (), actor="host", now=now)
    method, event = _only(_letters(db)[-1])
    assert (method, event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)


@pytest.mark.parametrize(
    ("day", "offset"),
    [(date(2026, 10, 23), 2), (date(2026, 10, 26), 1), (date(2027, 3, 25), 1), (date(2027, 3, 30), 2)],
)
def test_hours_are_those_of_the_clock_on_both_sides_of_a_change(ana, db, day, offset):
    _book(ana, datetime(day.year, day.month, day.day, tzinfo=BERLIN) - timedelta(days=30), day)
    _, event = _only(_letters(db)[-1])
    start = event["DTSTART"].dt
    assert (start.hour, start.utcoffset()) == (8, timedelta(hours=offset))


def test_old_messages_go_out_without_one(ana, db, now):
    _book(ana, now)
    message = db.session.scalars(select(Message)).one()
    payload = {**message.payload, "bookings": [dict(message.payload["bookings"][0])]}
    payload["bookings"][0].pop("calendar")
    message.payload = payload
    db.session.commit()
    assert _parts(_letters(db)[0]) == []
