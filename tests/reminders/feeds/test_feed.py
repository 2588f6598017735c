"""What stands behind a calendar link: the bookings of one person as the mails have told them, and nothing else."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from icalendar import Calendar
from sqlalchemy import select, update

from app.bookings import operations as bookings
from app.bookings.models import Booking
from app.bookings.operations import Order
from app.bookings.queries import Closing
from app.messages import mail
from app.messages.models import Message
from app.messages.queries import Claimed
from app.people import operations as people
from app.spaces.models import Door, Space
from tests.factories import make_seat, make_space
from tests.reminders.feeds.conftest import TUESDAY

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)


def _invited(db):
    """Return what the mails have told calendars, the last one of each appointment, by its UID."""
    db.session.rollback()
    columns = (Message.id, Message.kind, Message.to, Message.language, Message.payload, Message.made_at, Message.tries)
    found = {}
    for row in db.session.execute(select(*columns).order_by(Message.id)):
        for part in mail.compose(Claimed(*row)).walk():
            if part.get_content_type() == "text/calendar":
                [event] = Calendar.from_ical(part.get_content()).walk("VEVENT")
                del event["ORGANIZER"], event["ATTENDEE"]
                found[event["UID"]] = event.to_ical()
    return found


def test_a_booking_tells_where_when_and_how_to_get_there(book, link, read):
    booking = book()
    calendar, [event] = read(link())
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (f"{booking.uuid}@localhost", 0, "CONFIRMED")
    assert event["DTSTART"].dt == datetime(2026, 11, 24, 8, tzinfo=BERLIN)
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert event["DTEND"].dt == datetime(2026, 11, 24, 18, tzinfo=BERLIN)
    assert (event["SUMMARY"], event["LOCATION"]) == ("Dein Platz: Wagen", "Wagen, Am Markt 1, 48301 Nottuln")
    assert (event["GEO"].latitude, event["GEO"].longitude) == (51.93, 7.35)
    for words in ("Platz 1", "Hinter der Kirche, zweite Tür.", "Haltestelle: Markt", "http://localhost/meine"):
        assert words in event["DESCRIPTION"]
    assert event["URL"] == "http://localhost/meine"
    assert calendar.get_missing_tzids() == set()


def test_the_calendar_has_a_name_and_is_read_again_every_hour(link, client):
    answer = client.get(link())
    calendar = Calendar.from_ical(answer.data)
    assert (calendar["METHOD"], calendar["NAME"], calendar["X-WR-CALNAME"]) == ("PUBLISH", "Nahplatz", "Nahplatz")
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in answer.text
    assert "X-PUBLISHED-TTL:PT1H" in answer.text
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE"], "without bookings it is a file all the same"


def test_it_is_for_its_reader_alone(link, client):
    answer = client.get(link())
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in answer.headers


def test_mails_and_link_say_the_same(book, link, read, cast, space, db, now):
    """Made, another seat, moved twice, moved and cancelled, cancelled, closed: to the last byte, the stamp too."""
    ana, later = cast["ana"], now + timedelta(minutes=5)
    book()
    other_seat = book(day=date(2026, 11, 25))
    moved = book(day=date(2026, 11, 26))
    gone = book(day=date(2026, 12, 1))
    cancelled = book(day=date(2026, 12, 2))
    book(day=date(2026, 12, 3))
    bookings.change_seat(booking_uuid=other_seat.uuid, seat=3, person_id=ana, now=later)
    for day in (date(2026, 11, 27), date(2026, 11, 30)):
        order = Order(uuid.uuid4(), "wagen", day, "morning")
        moved_to = bookings.change(booking_uuid=moved.uuid, order=order, person_id=ana, now=later)
        moved = db.session.scalars(select(Booking).where(Booking.uuid == moved_to)).one()
    order = Order(uuid.uuid4(), "wagen", date(2026, 12, 8), "day")
    gone_to = bookings.change(booking_uuid=gone.uuid, order=order, person_id=ana, now=later)
    bookings.cancel(booking_uuid=gone_to, person_id=ana, now=later)
    bookings.cancel(booking_uuid=cancelled.uuid, person_id=ana, now=later)
    closing = Closing(space.id, date(2026, 12, 3), date(2026, 12, 3), "Rohrbruch")
    bookings.close_days(closing=closing, present=lambda _: (), actor="host", now=later)

    told = {event["UID"]: event.to_ical() for event in read(link())[1]}
    assert told == _invited(db)
    states = [(event["STATUS"], int(event["SEQUENCE"])) for event in read(link())[1]]
    expected = {"CONFIRMED": [0, 1, 2], "CANCELLED": [1, 1, 2]}
    assert {word: sorted(number for each, number in states if each == word) for word in expected} == expected


def test_what_was_called_off_stands_there_until_its_day_is_over(book, link, read, cast, now):
    booking = book()
    bookings.cancel(booking_uuid=booking.uuid, person_id=cast["ana"], now=now)
    path = link()
    for days, count in ((0, 1), (1, 1), (2, 0)):
        with time_machine.travel(now + days * DAY, tick=False):
            assert len(read(path)[1]) == count


def test_what_was_goes_after_30_days(book, link, read, now):
    book()
    path = link()
    for days, count in ((31, 1), (32, 0)):
        with time_machine.travel(now + days * DAY, tick=False):
            assert len(read(path)[1]) == count


def test_a_seat_that_was_released_is_still_an_appointment(book, link, read, db):
    """Its person may come all the same, and no mail has told calendars otherwise."""
    booking = book()
    db.session.execute(update(Booking).where(Booking.id == booking.id).values(released_at=booking.starts_at))
    db.session.commit()
    [event] = read(link())[1]
    assert event["STATUS"] == "CONFIRMED"


@pytest.mark.parametrize(
    ("sunday", "starts_at", "ends_at"),
    [
        (date(2027, 3, 28), datetime(2027, 3, 28, 0, tzinfo=UTC), datetime(2027, 3, 28, 2, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2026, 10, 25, 3, tzinfo=UTC)),
    ],
)
def test_rooms_on_the_nights_when_clocks_change(cast, link, read, sunday, starts_at, ends_at):
    """From 1 to 4 o'clock: two hours in March, four in October."""
    space = make_space("nacht", seats=0, hours={6: (0, 780, 1440)}, opens_on_holidays=True)
    make_seat(space, 7, kind="room")
    slots = [*range(2, 4), *range(6, 8)] if sunday.month == 3 else range(2, 8)
    before = starts_at - 3 * DAY
    orders = [
        Order(uuid.uuid4(), "nacht", sunday, "hours", 7, half_hours=range(first, first + 2)) for first in slots[::2]
    ]
    with time_machine.travel(before, tick=False):
        for order in orders:
            bookings.book(order=order, person_id=cast["ana"], now=before)
        events = read(link())[1]
    assert (events[0]["DTSTART"].dt, events[-1]["DTEND"].dt) == (starts_at, ends_at)
    assert events[0]["DTSTART"].to_ical() == f"{sunday:%Y%m%d}T010000".encode()
    assert events[-1]["DTEND"].to_ical() == f"{sunday:%Y%m%d}T040000".encode()


@pytest.mark.parametrize(
    ("day", "offset"),
    [(date(2026, 10, 23), 2), (date(2026, 10, 26), 1), (date(2027, 3, 25), 1), (date(2027, 3, 30), 2)],
)
def test_hours_are_those_of_the_clock_on_both_sides_of_a_change(book, link, read, day, offset):
    at = datetime(day.year, day.month, day.day, tzinfo=BERLIN) - 5 * DAY
    with time_machine.travel(at, tick=False):
        book(day=day, at=at)
        start = read(link())[1][0]["DTSTART"].dt
    assert (start.hour, start.utcoffset()) == (8, timedelta(hours=offset))


def test_it_speaks_the_language_of_its_person(book, link, client, cast):
    book()
    people.choose_language(person_id=cast["ana"], language="en")
    answer = client.get(link(), headers={"Accept-Language": "de"})
    assert "Your seat: Wagen" in answer.text
    assert "Dein Platz" not in answer.text


def test_nothing_of_anybody_else_and_no_name(book, link, read, cast, client):
    book()
    theirs = book("ben")
    path = link()
    assert len(read(path)[1]) == 1
    text = client.get(path).text
    assert str(theirs.uuid) not in text
    assert "Beispiel" not in text, "the name of the cast"
    assert "@beispiel.example" not in text
    assert str(theirs.uuid) in client.get(link("ben")).text, "the control"


def test_no_code_of_a_door(book, link, client, as_, db, space):
    """Not even when the phone may show it: half an hour before."""
    secrets = {"hint": "Am Kasten", "wifi_name": "WagenGast", "wifi_password": "geheim123"}
    db.session.add(Door(space_id=space.id, kind="code", code="4711#", **secrets))
    db.session.execute(update(Space).values(version=Space.version + 1))
    db.session.commit()
    booking = book()
    path = link()
    with time_machine.travel(booking.starts_at - timedelta(minutes=10), tick=False):
        text = client.get(path).text
        control = as_("ana").get("/api/v1/me/snapshot").text
    assert str(booking.uuid) in text
    for word in ("4711#", *secrets.values()):
        assert word in control
        assert word not in text


def test_one_that_did_not_change_is_not_sent_again(book, link, client, cast, space, now):
    booking = book()
    path = link()
    etag = client.get(path).headers["ETag"]

    def _again(path=path):
        answer = client.get(path, headers={"If-None-Match": etag})
        assert answer.headers["Cache-Control"] == "private, no-cache"
        return answer.status_code, answer.data != b""

    assert _again() == (304, False)
    assert _again(link("ben")) == (200, True)
    bookings.change_seat(booking_uuid=booking.uuid, seat=2, person_id=cast["ana"], now=now)
    assert _again() == (200, True)
    etag = client.get(path).headers["ETag"]
    closing = Closing(space.id, TUESDAY, TUESDAY, "Rohrbruch")
    bookings.close_days(closing=closing, present=lambda _: (), actor="host", now=now)
    assert _again() == (200, True)
    etag = client.get(path).headers["ETag"]
    with time_machine.travel(now + DAY, tick=False):
        assert _again() == (200, True), "what is over goes with the days"


def test_another_way_in_is_told(book, link, client, db):
    book()
    path = link()
    etag = client.get(path).headers["ETag"]
    db.session.execute(update(Space).values(arrival="Jetzt durch den Hof.", version=Space.version + 1))
    db.session.commit()
    assert "Jetzt durch den Hof." in client.get(path, headers={"If-None-Match": etag}).text


def test_it_takes_four_statements_however_much_is_booked_and_two_when_unchanged(
    book, link, client, cast, now, statements
):
    book()
    path = link()
    client.get(path)

    def _count(**headers):
        statements.clear()
        answer = client.get(path, headers=headers)
        return answer.status_code, len([each for each in statements if not each.startswith("BEGIN")])

    assert _count() == (200, 4)
    for day in range(25, 28):
        booking = book(day=date(2026, 11, day))
        order = Order(uuid.uuid4(), "wagen", date(2026, 12, day - 24), "morning")
        bookings.change(booking_uuid=booking.uuid, order=order, person_id=cast["ana"], now=now)
    assert _count() == (200, 4)
    assert _count(**{"If-None-Match": client.get(path).headers["ETag"]}) == (304, 2)
