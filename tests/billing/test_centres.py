"""Cost centres: shown from five people on that have used something, and no way around it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.billing import queries
from app.billing.queries.centres import merged
from app.employers.models import Employment
from app.funding.models import ProgrammeEmployer
from tests.billing.services import NOVEMBER, TUESDAY, WEDNESDAY, know, post, used
from tests.factories import make_programme, make_quota


def _place(db, people, name, **changes):
    for job in db.session.scalars(select(Employment).where(Employment.person_id.in_(people))):
        know(job, cost_centre=name, **changes)


def _centres(employer):
    post()
    statement, _, centres = queries.statement_of(NOVEMBER, employer_id=employer.id)
    return statement, {name: units for name, units, _ in centres}


def test_each_stands_alone_from_five_people_on(db, people, employer, quota, now):
    _place(db, people[:5], "X")
    _place(db, people[5:10], "Y")
    for person in people[:10]:
        used(person, now, WEDNESDAY, "morning")
    assert _centres(employer)[1] == {"X": 5, "Y": 5}


def test_four_take_the_next_ones_with_them(db, people, employer, quota, now):
    _place(db, people[:4], "X")
    _place(db, people[4:9], "Y")
    for person in people[:9]:
        used(person, now, WEDNESDAY, "morning")
    assert _centres(employer)[1] == {None: 9}


def test_nothing_is_shown_of_fewer_than_five(db, people, employer, quota, now):
    for person in people[:4]:
        used(person, now)
    assert _centres(employer)[1] == {}


def test_one_person_is_hidden_whoever_else_belongs_there(db, people, employer, quota, now):
    _place(db, people[:7], "X")
    # Four of them leave before anybody books, and others could only book on a quota that begins in a year.
    _place(db, people[1:5], "X", ends_on=date(2026, 11, 2))
    make_quota(employer, units=1, cost_centre="X", starts_on=date(2027, 11, 1), name="Später")
    used(people[0], now)
    for person in people[7:]:
        used(person, now, WEDNESDAY, "morning")
    assert _centres(employer)[1] == {None: 7}


def test_who_stands_on_two_counts_once(db, people, employer, quota, now):
    assert merged({"X": (5, 0), "Y": (1, 0), None: (4, 0)}, {"X": range(5), "Y": [9], None: [1, 2, 3, 9]}) == {
        None: (10, 0)
    }
    assert merged({"X": (5, 0), None: (5, 0)}, {"X": range(5), None: range(5)}) == {"X": (5, 0), None: (5, 0)}


@pytest.mark.parametrize("period", ["morning", "day"])
def test_a_share_counts_its_half_days_everywhere(db, people, employer, quota, now, period):
    pilot = make_programme(share_percent=50)
    dates = {"starts_on": pilot.starts_on, "ends_on": pilot.ends_on}
    make_quota(pilot, units=8, **dates)
    make_quota(pilot, scope="pool", frame="total", units=100, **dates)
    db.session.add(ProgrammeEmployer(programme_id=pilot.id, employer_id=employer.id))
    db.session.commit()
    for person in people[:5]:
        used(person, now, TUESDAY, period)
    statement, centres = _centres(employer)
    assert statement.units == sum(each.units for each in queries.vouchers(statement.id)) == sum(centres.values())
    assert statement.units == 5 * (2 if period == "day" else 1)
