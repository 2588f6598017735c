"""What the booking pages say about who pays, before anything is booked."""

import re
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.bookings import operations
from app.bookings.models import HOURS, Booking
from app.bookings.operations import Order
from app.employers.models import Employer
from app.messages.models import Message
from tests import factories
from tests.funding.coming import come

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
    db.session.expire_all()
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
    assert _shown(page) == "Pilot Frühjahr zahlt einen Teil, du 3,00\xa0€ vor Ort"


def test_two_quotas_of_one_employer_are_told_apart(ana, quota, db):
    second = factories.make_quota(db.session.get(Employer, quota.employer_id), name="Besprechungen", units=4)
    page = ana.get(BOOK).text
    assert _shown(page) == f"Beispiel GmbH ({quota.name}) zahlt, danach 6 von 8 halben Tagen"
    assert "Beispiel GmbH (Besprechungen) zahlt, danach 2 von 4 halben Tagen" in page
    assert f"payer=quota-{second.id}" in page


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


def test_from_the_change_of_a_booking_who_pays_is_a_link_away(ana, quota, db):
    _book(ana, ana.get(BOOK).text)
    address = f"/buchungen/{_booking(db).uuid}"
    assert f'href="{address}/zahlen">Anders bezahlen</a>' in ana.get(f"{address}/aendern").text
    assert "Im Moment zahlt: Beispiel GmbH" in ana.get(f"{address}/zahlen").text


def test_without_anybody_else_there_is_no_such_link(ana, db):
    ana.submit("/orte/wagen/buchen", {"uuid": str(uuid.uuid4()), "date": "2026-11-24", "period": "day", "seat": ""})
    assert "/zahlen" not in ana.get(f"/buchungen/{_booking(db).uuid}/aendern").text


def test_a_payer_that_ends_before_does_not_go_on_paying(ana, db):
    programme = factories.make_programme("pilot", name="Pilot Winter")
    factories.make_quota(programme)
    _book(ana, ana.get(BOOK).text, date="2026-12-03")
    address = f"/buchungen/{_booking(db).uuid}"
    beyond = ana.get(f"{address}/aendern?date=2027-02-04").text
    assert "Pilot Winter zahlt an diesem Tag nicht." in beyond
    assert "zahlt weiter" not in beyond
    db.session.merge(programme).ends_on = date(2026, 11, 25)
    db.session.commit()
    page = ana.get(f"{address}/aendern").text
    assert "Pilot Winter zahlt für diesen Tag nicht mehr. Wähl bis Montag, 30. November, 08:00 Uhr, wer zahlt," in page
    assert f'href="{address}/zahlen">Wählen, wer zahlt</a>' in page
    assert "zahlt weiter" not in page
    assert "Pilot Winter zahlt weiter" in ana.get(f"{address}/aendern?date=2026-11-25").text


def test_the_confirmation_names_who_pays_and_what_is_left_to_pay(ana, db):
    programme = factories.make_programme("pilot", name="Pilot Frühjahr", share_percent=75)
    factories.make_quota(programme)
    _book(ana, ana.get(BOOK).text)
    db.session.rollback()
    message = db.session.scalars(select(Message).where(Message.kind == "booking_made")).one()
    (told,) = message.payload["bookings"]
    assert (told["payer"], told["own_cents"]) == ("Pilot Frühjahr", 300)


def test_once_cancelling_costs_the_page_says_why_nobody_else_can_pay(ana, cast, db):
    factories.make_quota(factories.make_employer("Beispiel GmbH", cast["ana"]), pays_late=True)
    _book(ana, ana.get(BOOK).text)
    address = f"/buchungen/{_booking(db).uuid}/zahlen"
    page = ana.get(address)
    assert (page.status_code, "Stattdessen" in page.text) == (200, True)
    assert address in ana.get(address.replace("zahlen", "aendern")).text
    with time_machine.travel(datetime(2026, 11, 23, 17, 0, tzinfo=UTC), tick=False):
        page = ana.get(address)
        assert (page.status_code, "Stattdessen" in page.text) == (409, False)
        assert "Seit 18 Uhr am Vortag steht fest, wer zahlt." in page.text
        assert address not in ana.get(address.replace("zahlen", "aendern")).text
        assert f"/buchungen/{_booking(db).uuid}/absagen" in page.text
        assert ana.submit(address, {"payer": "self"}).status_code == 409
    assert _booking(db).charge == "reserved"


@pytest.fixture
def there(ana, quota, db):
    """A booking for which Ana has checked in, and the time after that."""
    _book(ana, ana.get(BOOK).text)
    booking = _booking(db)
    come(db, booking)
    with time_machine.travel(booking.starts_at + timedelta(minutes=5), tick=False):
        yield str(booking.uuid)


def test_who_has_checked_in_changes_the_seat_only(ana, there, db):
    address = f"/buchungen/{there}/aendern"
    page = ana.get(f"{address}?date=2026-11-25&period=morning").text
    assert "Du hast schon eingecheckt." in page
    assert "period=" not in page
    assert 'name="date" value="2026-11-24"' in page
    refused = ana.submit(address, {"date": "2026-11-25", "period": "day", "seat": ""})
    assert refused.status_code == 409
    assert "buch für einen anderen Tag neu" in refused.text
    assert ana.submit(address, {"date": "2026-11-24", "period": "day", "seat": "2"}).status_code == 303
    assert str(_booking(db).uuid) == there


@pytest.mark.parametrize("way", ["page", "api"])
def test_who_has_checked_in_is_told_that_the_day_counts_and_may_go(ana, there, db, way):
    address = f"/buchungen/{there}/absagen"
    page = ana.get(address).text
    assert "Du hast schon eingecheckt." in page
    assert f"/buchungen/{there}/aendern" not in page
    if way == "page":
        assert ana.submit(address, {}).status_code == 303
    else:
        given = {"headers": {"Nahplatz-Client": "web", "Sec-Fetch-Site": "same-origin"}}
        assert ana.post(f"/api/v1/bookings/{there}/cancellation", json={}, **given).status_code == 200
    booking = _booking(db)
    assert (booking.ended_reason, booking.charge) == ("cancelled", "reserved")


def test_a_room_that_somebody_checked_in_for_stays_as_it_is(ana, cast, db, now):
    space = db.session.merge(factories.make_space("haus", half_hour_price_cents=100))
    factories.make_seat(space, 9, kind="room")
    order = Order(uuid.uuid4(), "haus", date(2026, 11, 24), HOURS, 9, range(20, 24))
    booking = operations.book(order=order, person_id=cast["ana"], now=now).booking
    come(db, booking)
    address = f"/buchungen/{booking.uuid}/aendern"
    with time_machine.travel(booking.starts_at + timedelta(minutes=5), tick=False):
        page = ana.get(address)
        assert (page.status_code, 'name="from"' in page.text) == (409, False)
        values = {"uuid": str(uuid.uuid4()), "date": "2026-11-25", "from": "09:00", "to": "11:00"}
        assert ana.submit(address, values).status_code == 409


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
