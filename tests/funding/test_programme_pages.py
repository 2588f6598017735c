"""The pages with which officers run programmes, people join them, and choose who pays when one ends."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.bookings import operations as bookings
from app.bookings import queries as booked
from app.bookings.models import Booking
from app.bookings.operations import Order
from app.funding import operations, queries
from app.funding.models import Programme, ProgrammePerson
from app.places.models import Town
from tests.factories import make_employer, make_officer, make_people, make_quota, make_space, make_town

HOME = "/kreis/programme"
NEW = {
    "name": "Pilot Frühjahr",
    "funder": "Land",
    "starts_on": "2026-11-01",
    "ends_on": "2027-03-31",
    "units": "8",
    "budget_units": "200",
    "euros": "10.000",
    "share": "100",
    "eligible": "all",
    "where": "all",
}


@pytest.fixture
def wagen(app):
    return make_space("wagen", seats=12, price_cents=600)


@pytest.fixture
def kari(cast, as_, wagen):
    make_officer(cast["kari"])
    return as_("kari")


@pytest.fixture
def county(db, kari):
    found = db.session.scalar(select(Town.id).where(Town.ags == "05558"))
    db.session.rollback()
    return str(found)


@pytest.fixture
def begun(db, kari, county):
    """Begin a programme by its form; returns it."""

    def begin(**changes):
        answer = kari.submit(f"{HOME}/neu", {**NEW, "town_id": county, **changes})
        assert (answer.status_code, answer.location) == (303, HOME)
        db.session.rollback()
        return queries.programme("pilot-fruehjahr")

    return begin


def _book(person, now, day):
    return bookings.book(order=Order(uuid.uuid4(), "wagen", day, "day"), person_id=person, now=now).booking


def test_a_programme_is_begun_and_shown(db, kari, begun, wagen):
    employer = make_employer("Acme")
    found = begun(share="60", employer=[str(employer.id), "99"], where="spaces", space=str(wagen.id), pays_late="ja")
    assert (found.share_percent, found.is_for_all, found.ends_on) == (60, True, date(2027, 3, 31))
    assert queries.employers_in(found.id) == ["Acme"]
    own, budget = queries.programme_quotas(found.id)
    assert (own.units, budget.units, budget.cents, own.places, own.pays_late) == (8, 200, 1_000_000, ("Wagen",), True)
    assert "Pilot Frühjahr" in kari.get(HOME).text
    page = kari.get(f"{HOME}/{found.slug}").text
    for words in ("60 Prozent", "Acme", "läuft", "unter 5 Personen", "10.000,00"):
        assert words in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"funder": ""}, "funder"),
        ({"town_id": "999"}, "town_id"),
        ({"starts_on": "gestern"}, "starts_on"),
        ({"starts_on": "2020-01-01"}, "starts_on"),
        ({"ends_on": ""}, "ends_on"),
        ({"starts_on": "9999-12-31"}, "starts_on"),
        ({"ends_on": "2026-11-22"}, "ends_on"),
        ({"ends_on": "2026-11-27"}, "ends_on"),
        ({"ends_on": "9999-12-31"}, "ends_on"),
        ({"units": ""}, "units"),
        ({"units": "-3"}, "units"),
        ({"budget_units": "", "euros": ""}, "budget_units"),
        ({"euros": "viel"}, "euros"),
        ({"share": "0"}, "share"),
        ({"share": "101"}, "share"),
        ({"share": ""}, "share"),
        ({"eligible": "manche"}, "eligible"),
        ({"where": "spaces"}, "where"),
    ],
)
def test_what_cannot_be_comes_back_with_what_was_typed(db, kari, county, changes, field):
    answer = kari.submit(f"{HOME}/neu", {**NEW, "town_id": county, **changes})
    assert answer.status_code == 422
    assert f'id="{field}-fehler"' in answer.text
    assert 'value="200"' in answer.text or "budget_units" in changes
    assert db.session.scalars(select(Programme)).all() == []


def test_limits_are_changed(kari, begun):
    found = begun()
    page = f"{HOME}/{found.slug}"
    assert kari.submit(page, {"units": "4", "budget_units": "", "euros": "50,5"}).status_code == 303
    own, budget = queries.programme_quotas(found.id)
    assert (own.units, budget.units, budget.cents) == (4, None, 5050)
    refused = kari.submit(page, {"units": "x", "budget_units": "3"})
    assert (refused.status_code, 'id="units-fehler"' in refused.text) == (422, True)


def test_another_end_is_looked_at_before_it_is_done(kari, begun, now):
    found = begun()
    for person in make_people(6):
        _book(person, now, date(2026, 12, 15))
    page = f"{HOME}/{found.slug}/ende"
    assert "mindestens 5 Personen" in kari.get(f"{page}?ends_on=2026-12-10").text
    assert "unter 5 Personen" in kari.get(f"{page}?ends_on=2026-12-15").text
    assert "zahlt länger" in kari.get(f"{page}?ends_on=2027-12-15").text
    assert queries.programme(found.slug).ends_on == date(2027, 3, 31)
    # What cannot be done is said at once, not after the question.
    for day in ("x", "", "2026-11-25", "2026-11-29", "9999-12-31"):
        for answer in (kari.get(f"{page}?ends_on={day}"), kari.submit(page, {"ends_on": day})):
            assert (answer.status_code, 'id="ends_on-fehler"' in answer.text) == (422, True), day
    for answer in (kari.submit(page),):
        assert (answer.status_code, 'id="ends_on-fehler"' in answer.text) == (422, True)
    assert kari.submit(page, {"ends_on": "2026-12-10"}).status_code == 303
    assert queries.programme(found.slug).ends_on == date(2026, 12, 10)


def test_closed_books_are_shown(kari, begun, now):
    found = begun(ends_on="2026-12-20")
    later = now + timedelta(days=43)
    operations.freeze_programme(programme_id=found.id, now=later)
    page = kari.get(f"{HOME}/{found.slug}").text
    assert "Abgeschlossen am 5. Januar 2027 mit 0 halbe Tage" in page
    assert "Grenzen speichern" not in page
    assert kari.submit(f"{HOME}/{found.slug}", NEW).status_code == 409


def test_an_officer_of_a_town_runs_that_towns_programmes_only(db, cast, as_, kari, begun):
    begun()
    make_officer(cast["hugo"], make_town("Senden", ags="05558040", plz="48308"))
    hugo = as_("hugo")
    assert "Pilot Frühjahr" not in hugo.get(HOME).text
    for path in ("/pilot-fruehjahr", "/pilot-fruehjahr/ende"):
        assert hugo.get(f"{HOME}{path}").status_code == 404
        assert hugo.submit(f"{HOME}{path}", NEW).status_code == 404
    own = re.search(r'<option value="(\d+)"[^>]*>Senden', hugo.get(f"{HOME}/neu").text)
    assert hugo.submit(f"{HOME}/neu", {**NEW, "name": "Senden testet", "town_id": own[1]}).status_code == 303
    assert "Senden testet" in hugo.get(HOME).text
    assert "Senden testet" in kari.get(HOME).text, "the county sees what its towns do"


def test_strangers_find_nothing(as_, begun):
    begun()
    ana = as_("ana")
    for path in ("", "/neu", "/pilot-fruehjahr", "/pilot-fruehjahr/ende"):
        assert ana.get(f"{HOME}{path}").status_code == 404
    for path in ("/neu", "/pilot-fruehjahr", "/pilot-fruehjahr/ende"):
        assert ana.submit(f"{HOME}{path}", NEW).status_code == 404


class TestInvitation:
    @pytest.fixture
    def link(self, kari, begun):
        found = begun(eligible="invited")
        return re.search(r'value="[^"]*(/mitmachen/[^"]+)"', kari.get(f"{HOME}/{found.slug}").text)[1]

    def test_who_has_the_link_joins(self, db, as_, cast, link, now):
        ana = as_("ana")
        assert "Du bist eingeladen" in ana.get(link).text
        for _ in range(2):
            assert ana.submit(link).location == link
        assert "Du machst mit" in ana.get(link).text
        assert db.session.scalars(select(ProgrammePerson.person_id)).all() == [cast["ana"]]
        assert _book(cast["ana"], now, date(2026, 11, 24)).payer == "programme-pilot-fruehjahr"

    @pytest.mark.parametrize("change", [("pilot-fruehjahr", "pilot-herbst"), (r"[^/]+$", "x"), (r"(.)$", r"\1x")])
    def test_another_link_leads_nowhere(self, as_, link, change):
        ana = as_("ana")
        assert ana.get(re.sub(*change, link)).status_code == 404
        assert ana.submit(re.sub(*change, link)).status_code == 404

    def test_nobody_joins_what_is_over(self, as_, link, now):
        with time_machine.travel(now + timedelta(days=200), tick=False):
            ana = as_("ana")
            assert "zu Ende" in ana.get(link).text
            assert ana.submit(link).status_code == 409

    def test_a_programme_for_all_invites_nobody(self, db, as_, link):
        db.session.query(Programme).update({"is_for_all": True})
        db.session.commit()
        assert as_("ana").get(link).status_code == 404


class TestChoosing:
    """Somebody whose programme ends earlier chooses who pays."""

    @pytest.fixture
    def ana(self, as_, cast, begun, now):
        found = begun()
        booking = _book(cast["ana"], now, date(2026, 12, 15))
        operations.move_end(programme_id=found.id, ends_on=date(2026, 12, 10), actor="kari", now=now)
        client = as_("ana")
        client.page = f"/buchungen/{booking.uuid}/zahlen"
        client.booking = booking
        return client

    def test_it_says_what_happens_and_until_when(self, ana):
        text = ana.get(ana.page).text
        assert "zahlt nur bis zum 10. Dezember 2026" in text
        assert "Wähl bis Samstag, 12. Dezember, 08:00 Uhr" in text
        assert "12,00" in text

    def test_the_person_pays(self, db, ana):
        assert ana.submit(ana.page, {"payer": "self"}).location == ana.page
        assert "Im Moment zahlst du selbst vor Ort." in ana.get(ana.page).text
        assert db.session.scalar(select(Booking.payer)) == "self"

    def test_the_employer_pays(self, db, ana, cast):
        quota = make_quota(make_employer("Acme", cast["ana"]))
        assert "Acme zahlt, danach 6 von 8 halben Tagen" in ana.get(ana.page).text
        assert ana.submit(ana.page, {"payer": f"quota-{quota.id}"}).status_code == 303
        assert "Im Moment zahlt: Acme" in ana.get(ana.page).text

    @pytest.mark.parametrize("form", [{}, {"payer": "quota-77"}, {"payer": "x" * 500}])
    def test_what_does_not_pay_is_refused(self, db, ana, form):
        refused = ana.submit(ana.page, form)
        assert (refused.status_code, "Das zahlt an diesem Ort oder Tag niemand" in refused.text) == (409, True)
        assert db.session.scalar(select(Booking.payer)) == "programme-pilot-fruehjahr"

    def test_after_the_cancellation_nothing_can_be_chosen(self, ana, now):
        bookings.tell_payer_ends(person_id=ana.booking.person_id, now=now)
        due = now + timedelta(days=20)
        assert [bookings.cancel_unpaid(booking_id=each, now=due) for each in booked.unpaid_due(due)] == [True]
        assert ana.get(ana.page).status_code == 409
        assert ana.submit(ana.page, {"payer": "self"}).status_code == 409

    def test_somebody_elses_booking_is_unknown(self, as_, ana):
        ben = as_("ben")
        assert ben.get(ana.page).status_code == 404
        assert ben.submit(ana.page, {"payer": "self"}).status_code == 404
