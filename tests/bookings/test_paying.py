"""What the booking pages say about who pays, before anything is booked."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from app.bookings.models import Booking
from tests import factories

BOOK = "/orte/wagen/buchen?date=2026-11-24&period=day"


@pytest.fixture
def ana(as_):
    factories.make_space("wagen", price_cents=600, half_hour_price_cents=100)
    return as_("ana")


@pytest.fixture
def quota(ana, cast):
    return factories.make_quota(factories.make_employer("Beispiel GmbH", cast["ana"]))


def _shown(page):
    return re.search(r'data-ui="payer">([^<]*)<', page)[1]


def _book(ana, page, **changes):
    fields = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("uuid", "payer")}
    values = {**fields, "date": "2026-11-24", "period": "day", "seat": "", **changes}
    return ana.submit("/orte/wagen/buchen", values)


def _booking(db):
    db.session.rollback()
    return db.session.scalars(select(Booking)).one()


def test_without_a_quota_nothing_is_asked(ana):
    page = ana.get(BOOK).text
    assert 'name="payer"' not in page
    assert "12,00" in page


def test_the_employer_pays_and_what_is_left_is_shown_before(ana, quota, db):
    page = ana.get(BOOK).text
    assert _shown(page) == "Beispiel GmbH zahlt, danach 6 von 8 halben Tagen"
    assert re.search(r'data-ui="price"[^>]*>Beispiel GmbH zahlt<', page)
    assert _book(ana, page).status_code == 303
    assert _booking(db).payer == f"quota-{quota.id}"


def test_paying_oneself_is_a_link_away(ana, quota, db):
    page = ana.get(f"{BOOK}&payer=self").text
    assert _shown(page) == "Ich zahle selbst vor Ort"
    assert "12,00" in page
    _book(ana, page)
    assert _booking(db).payer is None


def test_a_share_says_that_the_rest_is_paid_on_site(ana, db):
    programme = factories.make_programme("pilot", name="Pilot Frühjahr", share_percent=75)
    factories.make_quota(programme)
    page = ana.get(BOOK).text
    assert _shown(page) == "Pilot Frühjahr zahlt einen Teil, du den Rest vor Ort"
    assert "3,00" in page


def test_what_is_used_up_is_said_and_cannot_be_chosen(ana, quota, db):
    quota.units = 1
    db.session.add(quota)
    db.session.commit()
    page = ana.get(f"{BOOK}&payer=quota-{quota.id}").text
    assert "Beispiel GmbH: Es sind nur noch 1 von 1 halben Tagen übrig." in page
    assert _shown(page) == "Ich zahle selbst vor Ort"


def test_what_was_used_up_meanwhile_is_never_paid_by_the_person_unseen(ana, quota, db):
    page = ana.get(BOOK).text
    quota.units = 1
    db.session.add(quota)
    db.session.commit()
    answer = _book(ana, page)
    assert answer.status_code == 409
    assert "nicht mehr genug übrig" in answer.text
    assert db.session.scalars(select(Booking)).all() == []
    assert _shown(answer.text) == "Ich zahle selbst vor Ort"


def test_of_a_shared_quota_only_the_name_is_told(ana, cast, db):
    employer = factories.make_employer("Beispiel GmbH", cast["ana"])
    factories.make_quota(employer, scope="pool", units=40)
    page = ana.get(BOOK).text
    assert _shown(page) == "Beispiel GmbH zahlt"


def test_several_days_stop_where_the_quota_does(ana, quota, db):
    quota.units = 3
    db.session.add(quota)
    db.session.commit()
    page = ana.get(BOOK).text
    answer = _book(ana, page, date=["2026-11-24", "2026-11-25"])
    assert answer.status_code == 303
    assert _booking(db).date == date(2026, 11, 24)
    assert "nicht mehr genug übrig" in ana.get(answer.location).text


def test_who_pays_goes_on_paying_when_a_booking_changes(ana, quota, db):
    _book(ana, ana.get(BOOK).text)
    address = f"/buchungen/{_booking(db).uuid}/aendern"
    assert "Beispiel GmbH zahlt weiter" in ana.get(address).text
    answer = ana.submit(address, {"date": "2026-11-25", "period": "morning", "seat": ""})
    assert answer.status_code == 303
    db.session.rollback()
    payers = db.session.execute(select(Booking.payer, Booking.charge).order_by(Booking.id)).all()
    assert [tuple(row) for row in payers] == [(f"quota-{quota.id}", "released"), (f"quota-{quota.id}", "reserved")]


def test_a_room_asks_who_pays(ana, quota, db, cast):
    space = db.session.merge(factories.make_space("haus", half_hour_price_cents=100))
    factories.make_seat(space, 9, kind="room")
    assert "Wer zahlt?" not in ana.get("/orte/haus/raum/9?date=2026-11-24").text
    quota.has_rooms = True
    db.session.add(quota)
    db.session.commit()
    page = ana.get("/orte/haus/raum/9?date=2026-11-24").text
    assert "Beispiel GmbH zahlt, danach 7 von 8 halben Tagen" in page
    number = re.search(r'name="uuid" value="([^"]*)"', page)[1]
    values = {"uuid": number, "date": "2026-11-24", "from": "09:00", "to": "14:00", "payer": f"quota-{quota.id}"}
    assert ana.submit("/orte/haus/raum/9", values).status_code == 303
    assert _booking(db).charge == "reserved"
