"""Statements: what is taken up, once, and what its lines say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app.billing import operations, queries
from app.billing.models import Statement, StatementEntry, StatementLine
from app.bookings.models import Booking
from app.checkins.models import Checkin
from app.funding.models import ProgrammeEmployer
from app.funding.queries import due_month
from app.messages.models import Message
from app.spaces.models import Space
from tests.billing.services import (
    DAY_15,
    DECEMBER,
    IN_DECEMBER,
    IN_JANUARY,
    NOVEMBER,
    TUESDAY,
    WEDNESDAY,
    book,
    issue,
    know,
    post,
    seller,
    settle,
    used,
)
from tests.factories import (
    make_employer,
    make_employment,
    make_person,
    make_programme,
    make_quota,
    make_seat,
    make_space,
)
from tests.funding.coming import come


def _lines(db):
    rows = db.session.scalars(select(StatementLine).order_by(StatementLine.id))
    return [(row.month, row.space, row.kind, row.units, row.cents) for row in rows]


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (date(2026, 12, 14), date(2026, 10, 1)),
        (date(2026, 12, 15), date(2026, 11, 1)),
        (date(2027, 1, 14), date(2026, 11, 1)),
        (date(2027, 1, 15), date(2026, 12, 1)),
        (date(2028, 3, 31), date(2028, 2, 1)),
    ],
)
def test_a_month_is_due_from_the_15th_day_of_the_next_on(today, month):
    assert due_month(today) == month


def test_the_last_day_of_a_month_is_known():
    assert [queries.last_of(date(2028, month, 1)).day for month in range(1, 13)] == [
        *(31, 29, 31, 30, 31, 30),
        *(31, 31, 30, 31, 30, 31),
    ]


def test_what_is_used_stands_on_one_line_for_each_space_and_price(db, people, quota, now):
    make_space("hof", seats=3, price_cents=700, town=None)
    used(people[0], now)
    used(people[1], now, WEDNESDAY, "morning")
    used(people[2], now, space="hof")

    assert post() == (1, 1)
    assert _lines(db) == [(NOVEMBER, "Hof", "desk", 2, 1400), (NOVEMBER, "Wagen", "desk", 3, 2850)]
    [statement] = db.session.scalars(select(Statement))
    assert (statement.units, statement.cents, statement.posted_at) == (5, 4250, DAY_15)


def test_a_change_of_price_makes_a_line_of_its_own(db, people, quota, now):
    used(people[0], now)
    space = db.session.execute(select(Booking.space_id)).scalar_one()
    know(db.session.get(Space, space), price_cents=1000, version=2)
    used(people[1], now, WEDNESDAY)
    post()

    assert [line[3:] for line in _lines(db)] == [(2, 1900), (2, 2000)]


def test_what_is_only_reserved_or_was_given_back_owes_nothing(db, people, quota, now):
    book(people[0], now, IN_DECEMBER)
    assert post() == (0, 0)


def test_posting_twice_is_posting_once(db, people, quota, now):
    used(people[0], now)
    post()
    assert post() == (0, 0)
    [statement] = db.session.scalars(select(Statement))
    assert operations.post_statement(statement_id=statement.id, now=DAY_15) is False
    assert len(_lines(db)) == 1


def test_the_next_month_is_left_for_its_own_statement(db, people, quota, now):
    used(people[0], now)
    used(people[1], now, IN_DECEMBER)
    post()
    assert _lines(db) == [(NOVEMBER, "Wagen", "desk", 2, 1900)]
    post(DECEMBER, IN_JANUARY)
    assert _lines(db)[1:] == [(DECEMBER, "Wagen", "desk", 2, 1900)]


def test_what_is_not_believed_any_more_is_taken_back_by_the_next_statement(db, people, quota, now):
    booking = used(people[0], now)
    used(people[1], now, WEDNESDAY)
    post()
    db.session.query(Checkin).filter_by(booking_id=booking.id).update({"verdict": "rejected", "reason": "no_booking"})
    db.session.commit()
    settle(booking.ends_at + timedelta(hours=2))
    used(people[2], now, IN_DECEMBER)
    post(DECEMBER, IN_JANUARY)

    assert _lines(db)[1:] == [(NOVEMBER, "Wagen", "desk", -2, -1900), (DECEMBER, "Wagen", "desk", 2, 1900)]


def test_a_statement_that_was_forgotten_is_made_up_for(db, people, quota, now):
    """The machine was off on all days from the 15th to the next 15th."""
    used(people[0], now)
    used(people[1], now, IN_DECEMBER)
    assert post(DECEMBER, IN_JANUARY) == (1, 1)
    assert [line[0] for line in _lines(db)] == [NOVEMBER, DECEMBER]


def test_nothing_is_left_behind_when_entries_come_late(db, people, quota, now):
    """Settled after the 15th, of a day before it: on the next statement."""
    used(people[0], now)
    post()
    late = book(people[1], now, WEDNESDAY)
    come(db, late, DAY_15 + timedelta(days=1))
    settle(DAY_15 + timedelta(days=1, hours=1))
    post(DECEMBER, IN_JANUARY)

    taken = db.session.scalar(select(func.count()).select_from(StatementEntry))
    assert (taken, sum(line[3] for line in _lines(db))) == (2, 4)


def test_each_payer_has_a_statement_of_its_own(db, people, employer, quota, now):
    second = make_employer("Zweite GmbH")
    other = make_person("Zoe Zweite").id
    make_employment(second, other)
    make_quota(second)
    used(people[0], now)
    used(other, now)

    assert post() == (2, 2)
    assert [(row.employer_id, row.units) for row in db.session.scalars(select(Statement).order_by(Statement.id))] == [
        (employer.id, 2),
        (second.id, 2),
    ]


def test_a_programme_counts_its_budget_once_and_its_helper_a_share(db, people, employer, quota, now):
    pilot = make_programme(share_percent=60)
    make_quota(pilot, scope="person", units=8)
    make_quota(pilot, scope="pool", frame="total", units=100, starts_on=NOVEMBER, ends_on=date(2027, 3, 31))
    db.session.add(ProgrammeEmployer(programme_id=pilot.id, employer_id=employer.id))
    db.session.commit()
    used(people[0], now, payer="programme-pilot")

    assert post() == (2, 2)
    rows = db.session.scalars(select(StatementLine).order_by(StatementLine.cents))
    assert [(row.units, row.cents, row.is_share) for row in rows] == [(2, 760, True), (2, 1140, True)]


def test_rooms_count_one_unit_for_each_begun_four_hours(db, people, employer, now):
    space = db.session.scalars(select(Space)).one()
    know(space, half_hour_price_cents=300)
    make_seat(space, 20, kind="room")
    make_quota(employer, units=40, has_rooms=True)
    used(people[0], now, period="hours", seat=20, half_hours=range(18, 27))
    post()

    assert _lines(db) == [(NOVEMBER, "Wagen", "room", 2, 2700)]


def test_an_unknown_price_is_told_apart_from_nothing(db, people, quota, now):
    make_space("frei", seats=2, price_cents=0)
    make_space("neu", seats=2)
    used(people[0], now, space="frei")
    used(people[1], now, space="neu")
    post()

    rows = db.session.scalars(select(StatementLine).order_by(StatementLine.space))
    assert [(row.space, row.is_priced, row.vat, row.units, row.cents) for row in rows] == [
        ("Frei", True, "free", 2, 0),
        ("Neu", False, None, 2, 0),
    ]


def test_the_category_of_vat_is_that_of_the_booking(db, operator, people, quota, now):
    used(people[0], now)
    know(operator, desk_vat="small", room_vat="small")
    used(people[1], now, WEDNESDAY)
    post()

    rows = db.session.scalars(select(StatementLine.vat).order_by(StatementLine.vat))
    assert list(rows) == ["small", "standard"]


def test_who_ran_the_space_when_it_was_booked_sells_it(db, operator, people, quota, now):
    first = used(people[0], now)
    later = seller("andere")
    know(db.session.scalars(select(Space).filter_by(slug="wagen")).one(), operator_id=later.id)
    used(people[1], now, WEDNESDAY)
    post()

    rows = db.session.execute(select(StatementLine.operator_id, StatementLine.units).order_by(StatementLine.id))
    assert sorted(map(tuple, rows)) == [(operator.id, 2), (later.id, 2)]
    assert db.session.get(Booking, first.id).operator_id == operator.id


def test_a_line_without_a_seller_finds_it_once_somebody_runs_the_space(db, operator, people, quota, series, now):
    space = make_space("ohne", seats=2, price_cents=700)
    used(people[0], now, space="ohne")
    post()
    assert operations.find_sellers() == 0
    assert queries.invoices_due() == []

    know(space, operator_id=operator.id)
    assert (operations.find_sellers(), operations.find_sellers()) == (1, 0)
    assert issue() == ["BB-00001"]
    assert db.session.scalars(select(StatementLine.operator_id)).all() == [operator.id]


def test_the_command_goes_on_after_what_fails_and_says_so(app, db, people, quota, series, now, monkeypatch):
    used(people[0], now)
    other = make_person("Zoe Zweite").id
    make_quota(make_employer("Zweite GmbH", other))
    used(other, now, WEDNESDAY)
    post_one = operations.post_statement

    def failing(*, statement_id, now):
        if statement_id == 1:
            raise OSError("the disk is full")
        return post_one(statement_id=statement_id, now=now)

    failing.__name__ = "post_statement"
    monkeypatch.setattr(operations, "post_statement", failing)
    with time_machine.travel(DAY_15):
        failed = app.test_cli_runner().invoke(args=["billing", "run"])
    assert failed.exit_code == 1
    assert "post_statement failed for {'statement_id': 1}: the disk is full" in failed.stderr
    assert "1 statements posted" in failed.stdout

    monkeypatch.undo()
    with time_machine.travel(DAY_15):
        done = app.test_cli_runner().invoke(args=["billing", "run"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert "1 statements posted, 1 invoices issued" in done.stdout


def test_who_acts_for_the_employer_is_told_once(db, people, employer, quota, now):
    make_employment(employer, people[0], role="agent")
    used(people[1], now)
    post()
    post()

    kinds = list(db.session.scalars(select(Message.kind).where(Message.kind == "statement_posted")))
    assert kinds == ["statement_posted"]


def test_how_far_the_run_is(db, people, employer, quota, now):
    assert queries.progress() is None
    used(people[0], now)
    operations.begin_statements(month=NOVEMBER, now=DAY_15)
    assert (queries.progress().posted, queries.progress().all) == (0, 1)
    operations.post_statement(statement_id=queries.statements_waiting()[0], now=DAY_15)
    assert (queries.progress().posted, queries.progress().all) == (1, 1)
    assert TUESDAY.month == queries.progress().month.month
