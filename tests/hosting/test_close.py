"""The page that closes a space at short notice: it says who is hit before it does anything."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
import time_machine

from app.bookings import operations
from app.bookings.models import Booking
from app.bookings.operations import Order
from app.checkins import operations as checkins
from app.messages.models import Message
from app.spaces.models import Closure
from tests import factories
from tests.phones import phone_of

__all__ = ["phone_of"]
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
PAGE = "/gastgeber/kontor/schliessen"
FORM = {"first_on": "2026-11-24", "last_on": "", "reason": "Rohrbruch"}


@pytest.fixture
def house(cast):
    space = factories.make_space("kontor", seats=4)
    factories.make_space("nah")
    factories.make_host(cast["hana"], space_id=space.id)
    factories.make_host(cast["hugo"], space_id=factories.make_space("speicher").id)
    return space


@pytest.fixture
def book(cast, now):
    def make(person, day=TUESDAY):
        order = Order(uuid.uuid4(), "kontor", day, "day")
        return operations.book(order=order, person_id=cast[person], now=now).booking

    return make


@pytest.fixture
def host(as_, house):
    return as_("hana")


def test_it_says_who_has_booked_and_changes_nothing(host, house, book, db):
    book("ana")
    book("ben")
    page = host.get(PAGE, query_string=FORM)
    assert page.status_code == 200
    assert "2 Buchungen fallen aus:" in page.text
    assert "Ana Beispiel" in page.text
    assert "Ben Beispiel" in page.text
    assert "2 Personen bekommen sofort eine Nachricht" in page.text
    assert "Was abgesagt wurde, bleibt aber abgesagt" in page.text
    assert db.session.query(Closure).count() == 0


def test_it_closes_and_tells(host, house, book, db):
    booking = book("ana")
    done = host.submit(PAGE, FORM)
    assert (done.status_code, done.location) == (303, PAGE)
    assert "1 Person bekommt gleich eine Nachricht." in host.get(PAGE).text
    db.session.expire_all()
    assert db.session.get(Booking, booking.id).ended_reason == "closed"
    assert db.session.query(Message).filter_by(kind="booking_closed").count() == 1


def test_it_says_when_nobody_has_booked(host, house):
    page = host.get(PAGE, query_string=FORM).text
    assert "Niemand hat gebucht." in page
    assert "Bescheid geben" not in page


def test_on_the_running_day_it_says_who_is_there(host, house, book, phone_of, db, now):
    there, _ = book("ana", MONDAY), book("ben", MONDAY)
    code = checkins.replace_sign(space_id=house.id, now=now - timedelta(days=1)).address("http://localhost")
    phone_of("ana").send(phone_of("ana").scan(code, now))
    form = {**FORM, "first_on": "2026-11-23"}
    page = host.get(PAGE, query_string=form).text
    assert page.index("Ben Beispiel") < page.index("Schon da und bleibt:") < page.index("Ana Beispiel")
    host.submit(PAGE, form)
    db.session.expire_all()
    assert {row.id for row in db.session.query(Booking).filter_by(ended_reason=None)} == {there.id}


def test_opening_again_lets_people_book(host, house, book, db):
    host.submit(PAGE, FORM)
    closure = db.session.query(Closure).one().id
    done = host.submit(f"{PAGE}/{closure}/oeffnen")
    assert (done.status_code, done.location) == (303, PAGE)
    assert book("ana").is_open


def test_what_no_keyboard_types_is_left_out_of_the_reason(host, house, db):
    assert host.submit(PAGE, FORM | {"reason": "Rohr\0bruch\r\nim \x1bKeller"}).status_code == 303
    assert db.session.query(Closure).one().reason == "Rohrbruch im Keller"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"first_on": "morgen"}, "Wähl einen Tag aus."),
        ({"last_on": "übermorgen"}, "Wähl einen Tag aus."),
        ({"first_on": "2026-11-20"}, "Dieser Tag ist schon vorbei."),
        ({"first_on": "2206-11-24"}, "Das ist mehr als zwei Jahre hin."),
        ({"first_on": "2028-11-19", "last_on": "2028-12-01"}, "Das ist mehr als zwei Jahre hin."),
        ({"last_on": "2026-11-23"}, "Der letzte Tag liegt vor dem ersten."),
        ({"reason": "  "}, "Sag in ein paar Worten, warum."),
    ],
)
@pytest.mark.parametrize("does", ["looks", "closes"])
def test_what_makes_no_sense_comes_back_with_what_was_typed(host, house, db, changes, sentence, does):
    form = FORM | changes
    page = host.get(PAGE, query_string=form) if does == "looks" else host.submit(PAGE, form)
    assert page.status_code == 422
    assert sentence in page.text
    assert "Rohrbruch" in page.text or "reason" in changes
    assert db.session.query(Closure).count() == 0


def test_days_that_are_closed_already_are_refused_with_their_reason(host, house, db):
    host.submit(PAGE, FORM)
    again = host.submit(PAGE, FORM | {"reason": "Inventur"})
    assert again.status_code == 409
    assert "An diesen Tagen ist schon geschlossen: Rohrbruch." in again.text
    assert "Inventur" in again.text


def test_days_that_are_closed_already_are_refused_before_anybody_presses_the_button(host, house, db):
    host.submit(PAGE, FORM)
    looked = host.get(PAGE, query_string=FORM | {"reason": "Inventur"})
    assert looked.status_code == 409
    assert "An diesen Tagen ist schon geschlossen: Rohrbruch." in looked.text
    assert "Inventur" in looked.text
    assert "Ja, schließen" not in looked.text


def test_somebody_else_s_host_and_guests_find_nothing(as_, host, house, db):
    host.submit(PAGE, FORM)
    closure = db.session.query(Closure).one().id
    for person in ("hugo", "ana"):
        other = as_(person)
        assert other.get(PAGE).status_code == 404
        assert other.submit(PAGE, FORM).status_code == 404
        assert other.submit(f"{PAGE}/{closure}/oeffnen").status_code == 404
    assert as_("hugo").submit(f"/gastgeber/speicher/schliessen/{closure}/oeffnen").status_code == 404
    assert db.session.query(Closure).count() == 1


def test_whoever_had_booked_is_offered_other_places(host, house, book, as_):
    booking = book("ana")
    host.submit(PAGE, FORM)
    ana = as_("ana")
    for verb in ("aendern", "absagen"):
        page = ana.get(f"/buchungen/{booking.uuid}/{verb}")
        assert page.status_code == 409
        assert "Der Ort hat geschlossen" in page.text
        assert "/orte/nah/buchen?date=2026-11-24&amp;period=day" in page.text
    assert ana.submit(f"/buchungen/{booking.uuid}/absagen").status_code == 409


def test_the_past_says_that_the_space_had_closed(host, house, book, as_, now):
    book("ana")
    host.submit(PAGE, FORM)

    with time_machine.travel(now + timedelta(days=3), tick=False):
        assert "Der Ort hatte geschlossen." in as_("ana").get("/profil/vergangen").text
