"""Weekly hours, holidays, pause and the end of a space."""

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from sqlalchemy import select

from app.bookings import operations as bookings
from app.bookings.models import Booking
from app.messages.models import Message
from app.spaces import queries as spaces
from app.spaces.queries import Closed, Opening

PAGE = "/gastgeber/wagen/oeffnung"
TUESDAY = date(2026, 11, 24)
OPEN = {"open-1": "ja", "opens-1": "09:00", "splits-1": "12:30", "closes-1": "17:00"}


@pytest.fixture
def booked(wagen, cast, now):
    """Ana has a seat on Tuesday, all day: 8 to 18."""
    order = bookings.Order(uuid.uuid4(), "wagen", TUESDAY, "day", 1)
    return bookings.book(order=order, person_id=cast["ana"], now=now).booking


def test_the_week_is_changed(hana, client, filled, acts):
    typed = filled(hana.get(PAGE), PAGE)
    assert (typed["open-0"], typed["opens-0"], "open-5" in typed) == ("ja", "08:00", False)
    assert hana.submit(PAGE, OPEN | {"opens_on_holidays": "ja"}).location == PAGE
    space = spaces.directory().space("wagen")
    assert space.hours == {1: Opening(9 * 60, 12 * 60 + 30, 17 * 60)}
    assert space.opens_on_holidays
    assert "09:00 bis 17:00 Uhr" in client.get("/orte/wagen").text
    assert hana.submit(PAGE, OPEN | {"opens_on_holidays": "ja"}).status_code == 303
    assert acts() == ["change_hours"]


def test_a_day_may_end_at_midnight(hana, filled):
    hana.submit(PAGE, OPEN | {"closes-1": "00:00"})
    assert spaces.directory().space("wagen").hours[1].closes == 24 * 60
    assert filled(hana.get(PAGE), PAGE)["closes-1"] == "00:00"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"closes-1": "08:00"}, "closes-1", "„schließt“ muss später sein als „öffnet“"),
        ({"closes-1": "09:00"}, "closes-1", "„schließt“ muss später sein als „öffnet“"),
        ({"splits-1": "18:00"}, "splits-1", "„Vormittag endet“ muss zwischen"),
        ({"splits-1": "08:00"}, "splits-1", "„Vormittag endet“ muss zwischen"),
        ({"opens-1": ""}, "opens-1", "alle drei Uhrzeiten"),
        ({"opens-1": "neun"}, "opens-1", "keine Uhrzeit"),
        ({"opens-1": "25:00"}, "opens-1", "keine Uhrzeit"),
    ],
)
def test_impossible_hours_come_back_with_a_sentence(hana, wrong, acts, changes, field, words):
    answer = hana.submit(PAGE, OPEN | changes)
    assert answer.status_code == 422
    assert words in wrong(answer, field)
    assert 'value="12:30"' in answer.text or "splits-1" in changes
    assert acts() == []
    row = _row(answer, field)
    assert row.select(".wrong") == []
    assert words in row.parent.select_one(f"#{field}-fehler").text


def _row(answer, field):
    """The three times of a day; what is wrong with them stands below, over the whole width."""
    return BeautifulSoup(answer.data, "html.parser").select_one(f"#{field}").find_parent(class_="times-row")


def test_times_of_closed_days_are_not_looked_at(hana):
    assert hana.submit(PAGE, OPEN | {"opens-3": "x", "closes-3": ""}).status_code == 303


@pytest.mark.parametrize("changes", [OPEN, {}], ids=["shorter", "closed"])
def test_hours_that_leave_out_what_is_booked_are_asked_about_first(hana, booked, db, acts, changes):
    asked = hana.submit(PAGE, changes)
    assert asked.status_code == 409
    assert "Dienstag, 24. November: 1 Buchung" in asked.text
    assert "Ana" not in asked.text
    assert acts() == []
    assert hana.submit(PAGE, changes | {"anyway": "ja"}).status_code == 303
    row = db.session.execute(select(Booking.starts_at, Booking.ends_at, Booking.ended_at)).one()
    assert row == (booked.starts_at, booked.ends_at, None)


def test_hours_that_keep_what_is_booked_are_saved_at_once(hana, booked, filled):
    typed = filled(hana.get(PAGE), PAGE) | {"closes-1": "20:00", "closes-2": "12:59", "splits-2": "10:00"}
    assert hana.submit(PAGE, typed).status_code == 303


def test_a_pause_keeps_what_is_booked_and_lets_nobody_book(hana, booked, as_, client, acts):
    hana.submit("/gastgeber/wagen/pause", {"pause": "ja"})
    assert "pausiert" in hana.get("/gastgeber").text
    assert not spaces.directory().space("wagen").is_bookable
    assert client.get("/orte/wagen").status_code == 200
    assert as_("ben").get("/orte/wagen/buchen").status_code == 409
    assert "wagen" not in client.get("/api/v1/availability?date=2026-11-24").text
    again = hana.submit("/gastgeber/wagen/pause", {"pause": "ja"})
    assert (again.status_code, "Das ist schon so." in again.text) == (409, True)
    hana.submit("/gastgeber/wagen/pause")
    assert spaces.directory().space("wagen").is_bookable
    assert acts() == ["pause_space", "resume_space"]


def test_an_end_for_good_says_first_whom_it_hits_and_tells_them(hana, booked, db, client, acts):
    asked = hana.get("/gastgeber/wagen/aufhoeren").text
    assert "Dienstag, 24. November: 1 Buchung" in asked
    typed = {"first_on": "2026-11-24", "reason": "Das Haus wird verkauft."}
    refused = hana.submit("/gastgeber/wagen/aufhoeren", typed)
    assert (refused.status_code, "Das Haus wird verkauft." in refused.text) == (422, True)
    assert hana.submit("/gastgeber/wagen/aufhoeren", typed | {"confirm": "ja"}).location == PAGE
    assert spaces.directory().space("wagen").opening(TUESDAY) == Closed("gone")
    told = db.session.execute(select(Message.to, Message.kind).where(Message.kind == "booking_closed")).all()
    assert told == [("ana@beispiel.example", "booking_closed")]
    assert "Dieser Ort schließt für immer." in hana.get(PAGE).text
    assert acts() == ["end_bookings", "close_for_good"]


def test_an_end_for_good_can_be_taken_back_until_the_day_comes(hana, as_, booked, db, acts, now):
    typed = {"first_on": "2026-11-24", "reason": "Das Haus wird verkauft.", "confirm": "ja"}
    hana.submit("/gastgeber/wagen/aufhoeren", typed)
    assert "bleibt abgesagt" in hana.get("/gastgeber/wagen/offen-bleiben").text
    assert hana.submit("/gastgeber/wagen/offen-bleiben").location == PAGE
    assert spaces.directory().space("wagen").closes_on is None
    assert db.session.scalars(select(Booking.ended_reason)).all() == ["closed"]
    assert acts() == ["end_bookings", "close_for_good", "stay_open"]
    assert hana.submit("/gastgeber/wagen/offen-bleiben").status_code == 404
    hana.submit("/gastgeber/wagen/aufhoeren", typed)
    with time_machine.travel(now + timedelta(days=1), tick=False):
        late = as_("hana").submit("/gastgeber/wagen/offen-bleiben")
    assert (late.status_code, "schon vorbei" in late.text) == (409, True)
    db.session.rollback()
    assert spaces.directory().space("wagen").closes_on == TUESDAY


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"first_on": ""}, "first_on"), ({"first_on": "2026-11-01"}, "first_on"), ({"reason": " "}, "reason")],
)
def test_an_end_without_day_or_reason_comes_back(hana, wrong, acts, changes, field):
    typed = {"first_on": "2026-12-01", "reason": "Umzug", "confirm": "ja"} | changes
    answer = hana.submit("/gastgeber/wagen/aufhoeren", typed)
    assert (answer.status_code, bool(wrong(answer, field))) == (422, True)
    assert acts() == []


@pytest.mark.parametrize("page", ["oeffnung", "pause", "aufhoeren", "offen-bleiben"])
def test_strangers_close_nothing(hugo, as_, acts, page):
    typed = OPEN | {"pause": "ja", "first_on": "2026-12-01", "reason": "x", "confirm": "ja"}
    for person in (hugo, as_("ana"), as_("kari")):
        assert person.submit(f"/gastgeber/wagen/{page}", typed).status_code == 404
    assert acts() == []
