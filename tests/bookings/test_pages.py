"""The booking forms: they work, refuse strangers, name what is wrong and keep what was typed."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from icalendar import Calendar
from sqlalchemy import select

from app.bookings import operations
from app.bookings.models import Booking
from app.bookings.operations import Order
from app.messages import mail
from app.messages.models import Message
from app.messages.queries import Claimed
from tests.factories import make_closure, make_space

FORM = {"date": "2026-11-24", "period": "day", "seat": ""}
PAGE = "/orte/wagen/buchen"


@pytest.fixture
def space(app):
    return make_space("wagen", seats=2, price_cents=600)


@pytest.fixture
def ana(as_, space):
    return as_("ana")


@pytest.fixture
def booking(ana, cast, now):
    order = Order(uuid.uuid4(), "wagen", date(2026, 11, 24), "day", 1)
    return operations.book(order=order, person_id=cast["ana"], now=now).booking


def _send(client, address, **fields):
    """Open the form, take its token and uuid, send it."""
    page = BeautifulSoup(client.get(address).data, "html.parser")
    form = page.select_one("main form[method=post]")
    hidden = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    return client.post(address, data={**hidden, **fields})


def _send_to(client, day, **fields):
    """Send the form of a day on which it is there."""
    page = BeautifulSoup(client.get(f"{PAGE}?date={day}").data, "html.parser")
    hidden = {field["name"]: field["value"] for field in page.select("form[data-ui=book] input[type=hidden]")}
    return client.post(PAGE, data={**hidden, **fields})


def _bookings(db):
    return db.session.execute(select(Booking).order_by(Booking.id)).scalars().all()


def test_the_form_chooses_a_seat_and_shows_the_price(ana):
    text = ana.get(f"{PAGE}?date=2026-11-24&period=day").text
    assert "Platz 1" in text
    assert re.search(r"12,00\s€", text)


def test_strangers_are_sent_to_sign_in_and_back(client, space):
    answer = client.get(f"{PAGE}?date=2026-11-24&period=day")
    assert answer.status_code == 303
    assert answer.location == "/anmelden?next=%2Forte%2Fwagen%2Fbuchen%3Fdate%3D2026-11-24%26period%3Dday"


def test_booking_leads_to_my_bookings(db, ana):
    answer = _send(ana, PAGE, **FORM)
    (booking,) = _bookings(db)
    assert (answer.status_code, answer.location) == (303, f"/meine?neu={booking.uuid}")


def test_the_same_form_sent_twice_books_once(db, ana):
    page = BeautifulSoup(ana.get(PAGE).data, "html.parser")
    fields = {field["name"]: field["value"] for field in page.select("main form input[type=hidden]")} | FORM
    first, second = ana.post(PAGE, data=fields), ana.post(PAGE, data=fields)
    assert first.location == second.location
    assert len(_bookings(db)) == 1


def test_without_a_token_nothing_is_booked(db, ana):
    answer = ana.post(PAGE, data={**FORM, "uuid": str(uuid.uuid4())})
    assert answer.status_code == 400
    assert "Lade sie neu" in answer.text
    assert _bookings(db) == []


@pytest.mark.parametrize(
    "fields",
    [
        {**FORM, "date": "irgendwann"},
        {**FORM, "date": "9999-12-31"},
        {**FORM, "period": "abends"},
        {**FORM, "seat": "x"},
        {**FORM, "uuid": "keine"},
        {"period": "day"},
    ],
)
def test_wrong_fields_come_back_with_a_sentence(db, ana, fields):
    answer = _send(ana, PAGE, **fields)
    assert answer.status_code == 422
    assert '-fehler">' in answer.text or "notice error" in answer.text
    assert _bookings(db) == []


def test_a_refusal_says_what_would_work(ana, as_, booking, space):
    _send(as_("ben"), PAGE, **FORM)
    answer = _send(as_("cleo"), PAGE, **FORM)
    assert answer.status_code == 409
    assert "kein Platz mehr frei" in answer.text
    assert "date=2026-11-25" in answer.text


def test_a_closed_day_offers_the_next_open_one(ana, space):
    make_closure(space, date(2026, 11, 24))
    answer = _send(ana, PAGE, **FORM)
    assert answer.status_code == 409
    assert "geschlossen" in answer.text
    assert "date=2026-11-25" in answer.text


def _main(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.data, "html.parser").main


@pytest.mark.parametrize(
    ("day", "heading", "way"),
    [
        ("2026-11-24", "Geschlossen: Betriebsferien", "date=2026-11-25"),
        ("2026-12-25", "Geschlossen: Erster Weihnachtstag", "date=2026-12-28"),
        ("2027-06-01", "Noch nicht buchbar", "date=2027-02-09"),
        ("2026-11-22", "Schon vorbei", "date=2026-11-23"),
    ],
)
def test_a_day_that_nobody_can_book_says_why_and_has_no_button(ana, as_, booking, space, day, heading, way):
    make_closure(space, date(2026, 11, 24), reason="Betriebsferien")
    for address in (PAGE, f"/buchungen/{booking.uuid}/aendern"):
        main = _main(as_("ben") if address == PAGE else ana, f"{address}?date={day}&period=afternoon")
        assert main.select_one("[data-ui=obstacle] h2").text == heading
        assert main.select("form[method=post]") == []
        assert "frei" not in main.select_one("[data-ui=obstacle]").text
    ways = [link["href"] for link in _main(as_("ben"), f"{PAGE}?date={day}").select(".ways a")]
    assert any(way in href for href in ways)


def test_a_later_fortnight_is_reached_from_form_and_change(ana, as_, booking, space):
    change = f"/buchungen/{booking.uuid}/aendern"
    for client, address, way in (
        (as_("ben"), PAGE, "2026-12-07&period=day#tage"),
        (ana, change, "2026-12-07&period=day"),
    ):
        links = {link.text.strip(): link["href"] for link in _main(client, address).select("a.day")}
        assert links["weitere Tage"] == f"{address}?date={way}"
        assert "frühere Tage" not in links
        later = _main(client, links["weitere Tage"])
        assert later.select_one("[name=date][value='2026-12-07']")
        assert "frühere Tage" in later.text


def test_several_days_say_which_did_not_work(db, ana, booking):
    answer = _send(
        ana, f"{PAGE}?date=2026-11-25", date=["2026-11-24", "2026-11-25", "2026-11-26"], period="day", seat=""
    )
    assert answer.status_code == 303
    assert len(_bookings(db)) == 3
    page = ana.get(answer.location).text
    assert "2 Tage sind gebucht" in page
    assert "24. November: Du hast in dieser Zeit schon einen Platz" in page


def test_several_days_are_counted_and_added_up(ana, booking):
    """After a refusal by the server, while ticking by the lists that the script reads."""

    def offered(days):
        fields = {"date": days, "period": "day", "seat": "9"}
        page = BeautifulSoup(_send_to(ana, "2026-11-25", **fields).data, "html.parser")
        form = page.select_one("form[data-ui=book]")
        words = [form.select_one(f"[data-ui={name}]").text.replace("\xa0", " ") for name in ("book-button", "price")]
        lists = [form[f"data-{name}"].replace("\xa0", " ").split("|")[len(days)] for name in ("labels", "prices")]
        assert words == lists
        return words

    assert offered([]) == ["Platz buchen", "12,00 €, vor Ort zu zahlen"]
    assert offered(["2026-11-25"]) == ["Platz buchen", "12,00 €, vor Ort zu zahlen"]
    three = ["2026-11-25", "2026-11-26", "2026-11-27"]
    assert offered(three) == ["3 Tage buchen", "36,00 €, vor Ort zu zahlen"]


def test_what_is_open_until_midnight_ends_at_24(ana, cast, now):
    make_space("nachts", seats=2, hours=dict.fromkeys(range(7), (480, 780, 1440)))
    for address in ("/orte/nachts/buchen?date=2026-11-24", "/?date=2026-11-24", "/orte/nachts", "/orte"):
        words = BeautifulSoup(ana.get(address).data, "html.parser").main.get_text(" ")
        assert "08:00 bis 24:00 Uhr" in words
    order = Order(uuid.uuid4(), "nachts", date(2026, 11, 24), "day", 1)
    booked = operations.book(order=order, person_id=cast["ana"], now=now).booking
    assert "08:00 bis 24:00 Uhr" in ana.get(f"/buchungen/{booked.uuid}/absagen").text


def test_unknown_places_and_bookings_are_not_found(ana, as_, booking):
    assert ana.get("/orte/nirgends/buchen").status_code == 404
    for address in ("absagen", "aendern"):
        assert ana.get(f"/buchungen/{uuid.uuid4()}/{address}").status_code == 404
        assert as_("ben").get(f"/buchungen/{booking.uuid}/{address}").status_code == 404
    assert as_("ben").get(f"/buchungen/{booking.uuid}.ics").status_code == 404


def test_a_known_place_without_seats_cannot_be_booked(ana):
    make_space("bekannt", seats=0)
    answer = ana.get("/orte/bekannt/buchen")
    assert answer.status_code == 409
    assert "noch nicht buchen" in answer.text


def test_cancel(db, ana, booking):
    answer = _send(ana, f"/buchungen/{booking.uuid}/absagen")
    assert (answer.status_code, answer.location) == (303, f"/meine?abgesagt={booking.uuid}")
    db.session.expire_all()
    assert _bookings(db)[0].ended_reason == "cancelled"


def test_change_the_seat_keeps_the_booking(db, ana, booking):
    answer = _send(ana, f"/buchungen/{booking.uuid}/aendern", seat="2")
    assert answer.location == f"/meine?neu={booking.uuid}&geaendert=1"


def test_a_seat_that_is_called_like_its_number_is_named_once(ana, booking):
    assert booking.seat_name == "Platz 1"
    assert "Platz 1, Platz 1" not in ana.get(f"/buchungen/{booking.uuid}/aendern").text


def test_an_untouched_change_says_that_nothing_changed(ana, booking):
    address = f"/buchungen/{booking.uuid}/aendern"
    for seat in ("", "1"):
        answer = _send(ana, address, seat=seat)
        assert (answer.status_code, answer.location) == (303, address)
        assert "Nichts geändert." in ana.get(address).text


def test_change_the_day_makes_a_new_booking(db, ana, booking):
    answer = _send(ana, f"/buchungen/{booking.uuid}/aendern?date=2026-11-25&period=morning")
    assert answer.status_code == 303
    db.session.expire_all()
    old, new = _bookings(db)
    assert (old.ended_reason, new.date, new.end_slot) == ("moved", date(2026, 11, 25), 1)
    assert answer.location == f"/meine?neu={new.uuid}&geaendert=1"


def test_a_refused_change_shows_why(ana, booking):
    answer = _send(ana, f"/buchungen/{booking.uuid}/aendern", date="2026-11-28")
    assert answer.status_code == 409
    assert "geschlossen" in answer.text


def test_the_calendar_file_is_valid_and_updates_itself(ana, booking):
    answer = ana.get(f"/buchungen/{booking.uuid}.ics")
    assert answer.mimetype == "text/calendar"
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert event["UID"] == f"{booking.uuid}@localhost"
    assert event.start == booking.starts_at
    assert event.start.tzinfo.key == "Europe/Berlin"
    assert event["SEQUENCE"] == 0
    _send(ana, f"/buchungen/{booking.uuid}/aendern", seat="2")
    (event,) = Calendar.from_ical(ana.get(f"/buchungen/{booking.uuid}.ics").data).walk("VEVENT")
    assert event["SEQUENCE"] == 1


def test_a_moved_booking_stays_one_calendar_entry(db, ana, booking):
    _send(ana, f"/buchungen/{booking.uuid}/aendern?date=2026-11-25&period=morning")
    db.session.expire_all()
    moved = _bookings(db)[-1]
    (event,) = Calendar.from_ical(ana.get(f"/buchungen/{moved.uuid}.ics").data).walk("VEVENT")
    assert event["UID"] == f"{booking.uuid}@localhost"
    assert event["SEQUENCE"] == 1


def test_the_calendar_file_says_what_the_mail_says(db, ana, booking):
    """A change of the seat too: told after the booking was made, it must not look older than the invitation."""
    with time_machine.travel(booking.made_at + timedelta(hours=1), tick=False):
        _send(ana, f"/buchungen/{booking.uuid}/aendern", seat="2")
    db.session.expire_all()
    message = db.session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()
    columns = ("id", "kind", "to", "language", "payload", "made_at", "tries")
    letter = mail.compose(Claimed(*(getattr(message, name) for name in columns)))
    [part] = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    (told,) = Calendar.from_ical(part.get_content()).walk("VEVENT")
    (file,) = Calendar.from_ical(ana.get(f"/buchungen/{booking.uuid}.ics").data).walk("VEVENT")
    del told["ORGANIZER"], told["ATTENDEE"]
    assert file["DTSTAMP"].dt == booking.made_at + timedelta(hours=1)
    assert file.to_ical() == told.to_ical()


def test_a_form_sent_again_after_cancelling_says_so(db, ana, cast, now):
    page = BeautifulSoup(ana.get(PAGE).data, "html.parser")
    fields = {field["name"]: field["value"] for field in page.select("main form input[type=hidden]")} | FORM
    ana.post(PAGE, data=fields)
    operations.cancel(booking_uuid=_bookings(db)[0].uuid, person_id=cast["ana"], now=now)
    again = ana.post(PAGE, data=fields)
    assert again.status_code == 409
    assert "wieder abgesagt" in again.text
    # The page that says so carries a new uuid, so pressing its button books.
    fresh = BeautifulSoup(again.data, "html.parser").select_one("input[name=uuid]")["value"]
    assert ana.post(PAGE, data={**fields, "uuid": fresh}).status_code == 303
    db.session.expire_all()
    assert [found.ended_reason for found in _bookings(db)] == ["cancelled", None]


def test_several_days_are_all_named(db, ana):
    answer = _send(ana, PAGE, date=["2026-11-25", "2026-11-26"], period="day", seat="")
    assert answer.location == "/meine?" + "&".join(f"neu={booking.uuid}" for booking in _bookings(db))


def test_a_day_that_is_booked_already_offers_the_booking_and_not_the_button(ana, booking):
    page = BeautifulSoup(ana.get(f"{PAGE}?date=2026-11-24&period=morning").data, "html.parser")
    card = page.select_one("[data-ui=already-booked]")
    assert "Du hast hier schon gebucht" in card.text
    assert f"/buchungen/{booking.uuid}/aendern" in [link["href"] for link in card.select("a")]
    assert page.select_one("form[data-ui=book]") is None


def test_somewhere_else_at_that_time_is_said_too(ana, booking):
    make_space("gleis", seats=2)
    page = BeautifulSoup(ana.get("/orte/gleis/buchen?date=2026-11-24&period=day").data, "html.parser")
    assert "Du bist an dem Tag schon woanders" in page.select_one("[data-ui=already-booked]").text


def test_the_other_half_of_a_day_stays_bookable(ana, cast, now, space):
    order = Order(uuid.uuid4(), "wagen", date(2026, 11, 24), "morning", 1)
    operations.book(order=order, person_id=cast["ana"], now=now)
    page = BeautifulSoup(ana.get(f"{PAGE}?date=2026-11-24&period=afternoon").data, "html.parser")
    assert page.select_one("[data-ui=already-booked]") is None
    assert page.select_one("form[data-ui=book] button[type=submit]")
    notes = [each.text for each in page.select(".segment small")]
    assert notes == ["schon gebucht", "2 frei", "schon gebucht"]
