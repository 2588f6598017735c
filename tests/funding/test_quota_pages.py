"""The pages with which an employer grants quotas."""

from __future__ import annotations

import re
import uuid
from datetime import date

import pytest
from sqlalchemy import select

from app.bookings import operations as bookings
from app.bookings.operations import Order
from app.funding.models import Quota, QuotaPlace
from tests.factories import make_employer, make_employment, make_people, make_quota, make_space

HOME = "/arbeitgeber/acme/kontingente"
NEW = {
    "name": "Büro in der Nähe",
    "scope": "person",
    "frame": "month",
    "units": "8",
    "euros": "",
    "starts_on": "2026-12-01",
    "ends_on": "",
    "where": "all",
}


@pytest.fixture
def acme(db, cast):
    employer = make_employer("Acme", slug="acme")
    make_employment(employer, cast["hana"], role="agent")
    return employer


@pytest.fixture
def hana(acme, as_):
    return as_("hana")


def _only(db):
    db.session.rollback()
    [quota] = db.session.scalars(select(Quota))
    return quota


def test_a_quota_is_made_and_shown(db, hana):
    answer = hana.submit(f"{HOME}/neu", {**NEW, "euros": "1.200,50", "pays_late": "ja", "cost_centre": "4711"})
    assert (answer.status_code, answer.location) == (303, HOME)
    quota = _only(db)
    assert (quota.units, quota.cents, quota.starts_on, quota.ends_on) == (8, 120_050, date(2026, 12, 1), None)
    assert (quota.pays_late, quota.pays_no_show, quota.carries, quota.has_rooms) == (True, False, False, False)
    page = hana.get(HOME).text
    assert "Büro in der Nähe" in page
    assert "beginnt noch" in page
    assert "1.200,50" in hana.get(f"{HOME}/{quota.id}").text


def test_places_that_cannot_be_booked_yet_say_so(hana):
    make_space("wagen", name="Wagen")
    make_space("leer", name="Leer", seats=0)
    page = hana.get(f"{HOME}/neu").text
    assert re.search(r"Leer, [^<]* \(noch nicht buchbar\)<", page)
    assert not re.search(r"Wagen, [^<]*buchbar", page)


def test_places_are_chosen(db, hana):
    space = make_space("wagen")
    other = make_space("anderswo")
    answer = hana.submit(f"{HOME}/neu", {**NEW, "where": "spaces", "space": [str(space.id), "x", "99999"]})
    assert answer.status_code == 303
    assert [each.space_id for each in db.session.scalars(select(QuotaPlace))] == [space.id]
    assert hana.submit(f"{HOME}/neu", {**NEW, "where": "towns", "town": str(other.town_id)}).status_code == 303
    assert "Nottuln" in hana.get(HOME).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"scope": "jeder"}, "scope"),
        ({"frame": "woche"}, "frame"),
        ({"units": "viele"}, "units"),
        ({"units": "0"}, "units"),
        ({"units": ""}, "units"),
        ({"euros": "1,234"}, "euros"),
        ({"euros": "-5"}, "euros"),
        ({"euros": "99999999"}, "euros"),
        ({"starts_on": ""}, "starts_on"),
        ({"starts_on": "0001-01-01"}, "starts_on"),
        ({"starts_on": "9999-12-31"}, "starts_on"),
        ({"starts_on": "9999-12-31", "ends_on": "9999-12-31"}, "starts_on"),
        ({"frame": "total"}, "ends_on"),
        ({"starts_on": "2026-12-02"}, "starts_on"),
        ({"ends_on": "2026-11-30"}, "ends_on"),
        ({"ends_on": "2026-12-30"}, "ends_on"),
        ({"ends_on": "2027-01-01"}, "ends_on"),
        ({"ends_on": "9999-12-31"}, "ends_on"),
        ({"ends_on": "morgen"}, "ends_on"),
        ({"where": "towns"}, "where"),
        ({"where": "spaces", "space": "12345"}, "where"),
        ({"frame": "total", "ends_on": "2027-12-31", "carries": "ja"}, "carries"),
    ],
)
def test_what_cannot_be_comes_back_with_what_was_typed(db, hana, changes, field):
    answer = hana.submit(f"{HOME}/neu", {**NEW, "cost_centre": "4711", **changes})
    assert answer.status_code == 422
    assert f'id="{field}-fehler"' in answer.text
    assert 'value="4711"' in answer.text
    assert db.session.scalars(select(Quota)).all() == []


def test_a_change_is_looked_at_before_it_is_done(db, hana, acme, now):
    people = make_people(6)
    for person in people:
        make_employment(acme, person)
    make_space("wagen", seats=9, price_cents=600)
    quota = make_quota(acme, units=8)
    for person in people:
        bookings.book(order=Order(uuid.uuid4(), "wagen", date(2026, 11, 24), "day"), person_id=person, now=now)
    assert 'class="bars"' in hana.get(f"{HOME}/{quota.id}").text
    preview = hana.get(f"{HOME}/{quota.id}?units=1&euros=&ends_on=").text
    assert "Niemand verliert eine Buchung" in preview
    assert "1 halber Tag" in preview
    assert _only(db).units == 8
    answer = hana.submit(f"{HOME}/{quota.id}", {"units": "1", "euros": "", "ends_on": "2027-03-31"})
    assert answer.status_code == 303
    assert (_only(db).units, _only(db).ends_on) == (1, date(2027, 3, 31))
    assert "12 halbe Tage" in hana.get(HOME).text


def test_a_change_that_cannot_be_is_said_beside_its_field(db, hana, acme):
    quota = make_quota(acme)
    for answer in (
        hana.get(f"{HOME}/{quota.id}?units=x"),
        hana.submit(f"{HOME}/{quota.id}", {"units": "x"}),
        hana.get(f"{HOME}/{quota.id}?units=8&ends_on=2026-01-02"),
    ):
        assert answer.status_code == 422
        assert "-fehler" in answer.text
    assert _only(db).units == 8


def test_an_end_says_what_stays(db, hana, acme):
    quota = make_quota(acme)
    assert "bleibt bezahlt" in hana.get(f"{HOME}/{quota.id}/beenden").text
    assert hana.submit(f"{HOME}/{quota.id}/beenden").status_code == 303
    assert _only(db).ended_at is not None
    assert "beendet" in hana.get(HOME).text
    assert hana.submit(f"{HOME}/{quota.id}", {"units": "3"}).status_code == 409


def test_of_three_people_no_figure_is_on_any_page(hana, acme, now):
    """The attack: read all that can be asked, in every state of the bookings; it never differs."""
    people = make_people(3)
    for person in people:
        make_employment(acme, person)
    make_space("wagen", seats=9, price_cents=600)
    quota = make_quota(acme, units=8)
    asked = [HOME, *(f"{HOME}/{quota.id}{more}" for more in ("", "/beenden", "?units=1", "?units=3", "?euros=5"))]

    def read():
        return [re.sub(r'value="[^"]{60,}"|nonce="[^"]*"', "", hana.get(address).text) for address in asked]

    before = read()
    assert "unter 5 Personen" in before[0]
    for day in (24, 25):
        order = Order(uuid.uuid4(), "wagen", date(2026, 11, day), "day")
        bookings.book(order=order, person_id=people[0], now=now)
        assert read() == before
    hana.submit(f"{HOME}/{quota.id}", {"units": "1"})
    assert "3 halbe Tage" in hana.get(HOME).text, "what is granted follows what was typed, not what is taken"


@pytest.mark.parametrize("who", ["ana", "kari"])
def test_strangers_find_nothing(acme, as_, who):
    quota = make_quota(acme)
    client = as_(who)
    for path in ("", "/neu", f"/{quota.id}", f"/{quota.id}/beenden"):
        assert client.get(f"{HOME}{path}").status_code == 404
    for path in ("/neu", f"/{quota.id}", f"/{quota.id}/beenden"):
        assert client.submit(f"{HOME}{path}", NEW).status_code == 404


def test_anothers_quota_is_not_reached_through_ones_own(hana):
    foreign = make_quota(make_employer("Andere GmbH"))
    for path in (f"/{foreign.id}", f"/{foreign.id}/beenden"):
        assert hana.get(f"{HOME}{path}").status_code == 404
        assert hana.submit(f"{HOME}{path}", {"units": "3"}).status_code == 404
