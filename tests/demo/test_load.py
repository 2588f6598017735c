"""`flask demo load`: everything the demo shows, once."""

import dataclasses
import uuid
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app import clock
from app.bookings.models import Booking
from app.checkins import queries as checkins
from app.checkins.models import Checkin
from app.demo import bookings as demo_bookings
from app.demo import past
from app.extensions import Model
from app.funding import queries as funding
from app.funding.models import Quota
from app.people.models import Person
from app.places.models import Officer, Town
from app.spaces import queries as spaces
from app.spaces.models import Host, Operator, Space


@pytest.fixture
def load(app):
    return lambda: app.test_cli_runner().invoke(args=["demo", "load"])


def _everything(db):
    """Return all rows of all tables."""
    tables = Model.metadata.tables.items()
    rows = {name: sorted(map(repr, db.session.execute(select(table)))) for name, table in tables}
    db.session.rollback()
    return rows


def test_it_brings_county_spaces_people_signs_and_bookings(load, db):
    done = load()
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[-1] == (
        "Samples: 13 people, 7 new signs, 41 new bookings, 30 new check-ins, 2 new statements, 5 new invoices."
    )
    assert db.session.execute(select(func.count()).select_from(Town)).scalar_one() == 12
    assert len(spaces.directory().bookable) == 7
    for space in spaces.directory().bookable:
        assert checkins.sign_of(space.id) is not None
    assert db.session.execute(select(func.count()).select_from(Booking)).scalar_one() == 41


def test_a_second_run_changes_nothing(load, db):
    load()
    before = _everything(db)
    assert load().output.splitlines()[-1] == (
        "Samples: 13 people, 0 new signs, 0 new bookings, 0 new check-ins, 0 new statements, 0 new invoices."
    )
    assert _everything(db) == before


def test_a_run_another_day_changes_nothing(load, db, now):
    load()
    before = _everything(db)
    with time_machine.travel(now.replace(day=30), tick=False):
        assert load().exit_code == 0
    assert _everything(db) == before


@pytest.mark.parametrize("moment", ["2026-11-28T22:30:00Z", "2026-12-24T09:00:00Z", "2027-03-28T00:30:00Z"])
def test_it_works_on_any_day(load, db, moment):
    with time_machine.travel(moment, tick=False):
        done = load()
    assert done.exit_code == 0, done.output
    assert " 41 new bookings, 30 new check-ins, 2 new statements," in done.output
    assert set(db.session.execute(select(Checkin.verdict, Checkin.reason))) == {("accepted", None)}


def test_the_first_booking_to_come_is_for_today(load, db, now):
    load()
    coming = [sample.uuid for sample in demo_bookings.BOOKED if sample.person == "ana"]
    days = db.session.execute(select(Booking.date).where(Booking.uuid.in_(coming))).scalars().all()
    assert min(days) == now.date()


def test_every_scan_was_made_at_the_door_and_counts_for_its_booking(load, db, now):
    load()
    rows = db.session.execute(
        select(Booking, Checkin).outerjoin(Checkin, Checkin.booking_id == Booking.id).where(Booking.ends_at < now)
    ).all()
    visits = {visit.uuid: visit for visit in past.VISITED}
    assert {booking.uuid for booking, _ in rows} == set(visits)
    for booking, checkin in rows:
        visit = visits[booking.uuid]
        assert (booking.ended_reason == "cancelled") == visit.is_cancelled
        assert booking.made_at < booking.starts_at
        assert (checkin is None) == (visit.minutes is None)
        if checkin is not None:
            assert (checkin.verdict, checkin.evidence, checkin.time_quality) == ("accepted", "sign", "exact")
            assert (checkin.effective_at - booking.starts_at).total_seconds() == visit.minutes * 60
            assert checkin.claimed_booking == booking.uuid


def test_the_numbers_of_a_phone_have_no_gaps(load, db):
    load()
    numbers: dict[uuid.UUID, list[int]] = {}
    for device, seq in db.session.execute(select(Checkin.device, Checkin.seq).order_by(Checkin.effective_at)):
        numbers.setdefault(device, []).append(seq)
    assert sorted(map(len, numbers.values())) == [2, 2, 3, 3, 3, 3, 4, 4, 6]
    assert all(each == list(range(1, len(each) + 1)) for each in numbers.values())


def test_an_old_demo_gets_its_past_once_and_keeps_what_it_has(load, db, monkeypatch):
    """A demo of before: the past is not there yet, and Ana was booked elsewhere on one of its days."""
    with monkeypatch.context() as before:
        before.setattr(past, "VISITED", ())
        assert (
            load()
            .output.splitlines()[-1]
            .endswith("7 new bookings, 0 new check-ins, 0 new statements, 0 new invoices.")
        )
        wanted = past.Visit("ana", "beispiel-bahnhof-duelmen", "day", 7)
        before.setattr(past, "VISITED", (wanted,))
        assert (
            load()
            .output.splitlines()[-1]
            .endswith("1 new bookings, 0 new check-ins, 0 new statements, 0 new invoices.")
        )
    kept = set(db.session.execute(select(Booking.uuid, Booking.date, Booking.seat_id)))
    db.session.rollback()
    assert " 0 new signs, 34 new bookings, 30 new check-ins, 2 new statements," in load().output
    assert kept < set(db.session.execute(select(Booking.uuid, Booking.date, Booking.seat_id)))
    db.session.rollback()
    before = _everything(db)
    assert load().output.splitlines()[-1].endswith("0 new bookings, 0 new check-ins, 0 new statements, 0 new invoices.")
    assert _everything(db) == before


def test_ana_sees_what_became_of_her_days(load, client):
    load()
    client.post("/demo/anmelden", data={"person": "ana"})
    page = client.get("/profil/vergangen").text
    counts = {
        word: page.count(word) for word in ("dort gewesen", "ohne Check-in", "Ich war da", "abgesagt", "Eingecheckt um")
    }
    assert counts == {"dort gewesen": 6, "ohne Check-in": 1, "Ich war da": 1, "abgesagt": 1, "Eingecheckt um": 2}
    assert page.count("(Beispiel)</a>") == 9


def test_hana_and_hugo_host_one_space_each_and_kari_is_the_county(load, db):
    load()
    hosts = dict(
        db.session.execute(
            select(Person.name, Operator.slug)
            .join(Host, Host.person_id == Person.id)
            .join(Operator, Operator.id == Host.operator_id)
        ).all()
    )
    assert hosts == {
        "Hana Beispiel": "beispiel-werkhof-senden-gbr",
        "Hugo Beispiel": "beispiel-bahnhof-duelmen-gmbh",
    }
    owned = [space.operator for space in spaces.directory().bookable if space.operator.startswith("Beispiel-W")]
    assert owned == ["Beispiel-Werkhof Senden GbR"]
    officers = select(Person.name, Town.name).join(Officer, Officer.person_id == Person.id).join(Town)
    assert db.session.execute(officers).all() == [("Kari Beispiel", "Kreis Coesfeld")]
    acting = db.session.execute(select(Person.name).where(Person.acts_for_others).order_by(Person.name))
    assert acting.scalars().all() == ["Hana Beispiel", "Hugo Beispiel", "Kari Beispiel", "Paula Beispiel"]


def test_hosts_show_drawings_and_a_space_waits_for_kari(load, client):
    load()
    page = client.get("/orte/beispiel-werkhof-senden").text
    assert page.count('alt="Zeichnung: ') == 2
    assert "höhenverstellbar" in client.get("/orte/beispiel-werkhof-senden/sicherheit").text
    assert client.get("/orte/alte-molkerei-billerbeck-beispiel").status_code == 404
    client.post("/demo/anmelden", data={"person": "kari"})
    assert "Alte Molkerei Billerbeck (Beispiel)" in client.get("/kreis/orte").text


def test_ana_can_choose_programme_employer_and_herself(load, client):
    load()
    client.post("/demo/anmelden", data={"person": "ana"})
    page = client.get("/orte/beispiel-werkhof-senden/buchen?date=2026-12-02").text
    found = [page.index(each) for each in ("payer=programme-pilot-naehe-beispiel", "payer=quota-", "payer=self")]
    assert found == sorted(found)


@pytest.mark.parametrize("moment", ["2026-11-23T09:00:00Z", "2026-12-31T22:30:00Z", "2027-03-01T09:00:00Z"])
def test_what_was_paid_adds_up_and_shows_for_the_month_before(app, load, db, moment):
    with time_machine.travel(moment, tick=False):
        load()
        done = app.test_cli_runner().invoke(args=["reconcile"])
        assert done.exit_code == 0, done.output
        quota = db.session.execute(select(Quota).where(Quota.employer_id.is_not(None))).scalar_one()
        last = funding.past_standings(funding.quota_of(quota.employer_id, quota.id), lambda _: 8, now=clock.now())[0]
        assert last.last_on == clock.local_day(clock.now(), funding.TIMEZONE).replace(day=1) - timedelta(days=1)
        assert last.used is None or last.used[0] >= 3
        assert last.committed[0] >= 3
        paula, kari = app.test_client(), app.test_client()
        paula.post("/demo/anmelden", data={"person": "paula"})
        kari.post("/demo/anmelden", data={"person": "kari"})
        for page in (
            paula.get(f"/arbeitgeber/beispiel-acme/kontingente/{quota.id}").text,
            kari.get("/kreis/programme/pilot-naehe-beispiel").text,
        ):
            assert "Davon zugesagt" in page
            assert "darum keine Zahl" not in page


def test_what_hosts_have_changed_stays_when_the_demo_starts_again(load, db):
    load()
    space = db.session.query(Space).filter_by(slug="beispiel-werkhof-senden").one()
    space.stop, space.version = "anderswo", space.version + 1
    db.session.commit()
    load()
    assert spaces.directory().space("beispiel-werkhof-senden").stop == "anderswo"


def test_it_is_refused_outside_the_demo(app, load, db):
    app.config["NAHPLATZ"] = dataclasses.replace(app.config["NAHPLATZ"], demo=False)
    done = load()
    assert done.exit_code == 1
    assert "DEMO=1" in done.output
    assert db.session.execute(select(func.count()).select_from(Person)).scalar_one() == 0
