"""`flask demo load`: everything the demo shows, once."""

import dataclasses

import pytest
import time_machine
from sqlalchemy import func, select

from app.bookings.models import Booking
from app.checkins import queries as checkins
from app.demo.cast import BY_KEY
from app.extensions import Model
from app.people import queries as people
from app.people.models import Person
from app.places.models import Officer, Town
from app.spaces import queries as spaces
from app.spaces.models import Host, Operator


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
    assert done.output.splitlines()[-1] == "Samples: 6 people, 7 new signs, 7 new bookings."
    assert db.session.execute(select(func.count()).select_from(Town)).scalar_one() == 12
    assert len(spaces.directory().bookable) == 7
    for space in spaces.directory().bookable:
        assert checkins.sign_of(space.id) is not None
    assert db.session.execute(select(func.count()).select_from(Booking)).scalar_one() == 7


def test_a_second_run_changes_nothing(load, db):
    load()
    before = _everything(db)
    assert load().output.splitlines()[-1] == "Samples: 6 people, 0 new signs, 0 new bookings."
    assert _everything(db) == before


def test_a_run_another_day_changes_nothing(load, db, now):
    load()
    before = _everything(db)
    with time_machine.travel(now.replace(day=30), tick=False):
        assert load().exit_code == 0
    assert _everything(db) == before


@pytest.mark.parametrize("moment", ["2026-11-28T22:30:00Z", "2026-12-24T09:00:00Z", "2027-03-28T00:30:00Z"])
def test_it_works_on_any_day(load, moment):
    with time_machine.travel(moment, tick=False):
        done = load()
    assert done.exit_code == 0, done.output
    assert " 7 new bookings" in done.output


def test_the_first_booking_is_for_today(load, db, now):
    load()
    ana = people.find_by_email(BY_KEY["ana"].email)
    days = db.session.execute(select(Booking.date).where(Booking.person_id == ana)).scalars().all()
    assert min(days) == now.date()


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
    assert acting.scalars().all() == ["Hana Beispiel", "Hugo Beispiel", "Kari Beispiel"]


def test_it_is_refused_outside_the_demo(app, load, db):
    app.config["NAHPLATZ"] = dataclasses.replace(app.config["NAHPLATZ"], demo=False)
    done = load()
    assert done.exit_code == 1
    assert "DEMO=1" in done.output
    assert db.session.execute(select(func.count()).select_from(Person)).scalar_one() == 0
