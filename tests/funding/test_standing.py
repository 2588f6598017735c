"""How a quota stands, and what nobody may read out of it."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from app import transaction
from app.bookings import operations as bookings
from app.bookings import queries as booked
from app.bookings.operations import Order
from app.checkins import operations as checkins
from app.employers import queries as employers
from app.funding import operations, queries, steps
from app.funding.operations import Grant
from tests.factories import make_employer, make_employment, make_quota
from tests.funding.coming import TUESDAY, book, come


@pytest.fixture
def people(people):
    return people[:6]


def _group(employer):
    return lambda on: employers.count_members(employer.id, on=on)


def _stands(employer, quota, now):
    return queries.standing(queries.quota_of(employer.id, quota.id), _group(employer), now=now)


def test_it_counts_what_is_granted_to_everybody_and_committed(people, employer, now):
    quota = make_quota(employer, units=8, cents=10_000)
    make_quota(employer, units=99, ended_at=now)  # noise
    book(people[0], now)
    book(people[1], now, period="morning")
    book(people[1], now, date(2026, 12, 1))  # of another month
    stands = _stands(employer, quota, now)
    assert (stands.first_on, stands.last_on) == (date(2026, 11, 1), date(2026, 11, 30))
    assert stands.granted == (48, 60_000)
    assert stands.committed == (3, 1800)


def test_of_a_pool_it_counts_one_amount(people, employer, now):
    quota = make_quota(employer, scope="pool", units=8)
    assert _stands(employer, quota, now).granted == (8, None)
    book(people[0], now)
    assert _stands(employer, quota, now).granted == (8, None)


def test_the_forecast_goes_on_as_it_went_of_late(people, employer, now):
    # Of 28 days; 7 days of November are left after the 23rd.
    quota = make_quota(employer, units=8, made_at=datetime(2026, 1, 1, tzinfo=UTC))
    for person in people[:4]:
        book(person, now)
    assert _stands(employer, quota, now).forecast == (8 + 2, 4800 + 1200)
    assert _stands(employer, quota, now + timedelta(days=28)).forecast == (0, 0)  # December, and nobody booked of late


def test_the_forecast_of_a_new_quota_takes_a_week_at_least(people, employer, now):
    quota = make_quota(employer, units=8, made_at=now)
    book(people[0], now)
    assert _stands(employer, quota, now).forecast == (4, 2400)


def test_the_forecast_ends_at_what_is_granted(people, employer, now):
    quota = make_quota(employer, scope="pool", units=9, made_at=now)
    for person in people[:4]:
        book(person, now)
    assert _stands(employer, quota, now).forecast[0] == 9


def _taken(employer, people, now, worlds):
    """Let people take half-days of a quota, by first days of each; return all that is shown while it is changed."""
    quota = make_quota(employer, units=8, cents=9_000, made_at=now)
    for person, days in zip(people, worlds, strict=False):
        for day in days:
            order = Order(uuid.uuid4(), "wagen", date(2026, 11, day), "day", payer=f"quota-{quota.id}")
            bookings.book(order=order, person_id=person, now=now)
    shown = []
    for units in (8, 1, 2, 3, 4, 5, None):
        grant = Grant(units, 600 if units is None else 9_000, None)
        operations.change_quota(quota_id=quota.id, grant=grant, first_on=TUESDAY, actor="somebody", now=now)
        stands = _stands(employer, quota, now)
        past = queries.past_standings(
            queries.quota_of(employer.id, quota.id), _group(employer), now=now + timedelta(days=20)
        )
        assert stands.granted == ((None, 3_600) if units is None else (6 * units, 54_000))
        assert [each.granted for each in past] == [stands.granted]
        shown.append((stands, past))
    return shown


def test_no_amount_tells_how_what_is_taken_spreads_over_people(people, employer, now):
    """The attack: try one amount after the other, and read from the sums how many have taken more than that."""
    one_has_all = _taken(employer, people, now, [(24, 25), ()])
    each_has_some = _taken(employer, people, now, [(26,), (26,)])
    assert one_has_all == each_has_some


def test_a_frame_that_is_over_keeps_what_it_was_given(db, people, employer, now):
    quota = make_quota(employer, units=8)
    book(people[0], now)
    december = datetime(2026, 12, 20, tzinfo=UTC)
    grant = Grant(3, None, None)
    operations.change_quota(quota_id=quota.id, grant=grant, first_on=december.date(), actor="somebody", now=december)
    spring = datetime(2027, 3, 20, tzinfo=UTC)
    for swept in (False, True):
        if swept:
            assert transaction.write(steps.sweep)(now=spring, limit=9) == 1
        [past] = queries.past_standings(queries.quota_of(employer.id, quota.id), _group(employer), now=spring)
        assert (past.granted, past.committed) == ((48, None), (2, 1200))
    assert _stands(employer, quota, spring).granted == (18, None)


def _carried(db, person, now):
    """Let somebody use a day, and what is left be carried over. Returns when."""
    booking = book(person, now)
    come(db, booking)
    checkins.settle_charge(booking_id=booking.id, now=now + timedelta(days=2))
    later = datetime(2026, 12, 16, tzinfo=UTC)
    [due] = queries.carries_due(later.date())
    assert operations.carry_over(account_id=due.account_id, now=later)
    return later


@pytest.mark.parametrize(("scope", "granted"), [("pool", 14), ("person", 48)])
def test_what_people_carried_over_is_not_counted_but_what_all_together_did_is(
    db, people, employer, now, scope, granted
):
    """With the sums of people who carry one could count how many of them had booked."""
    quota = make_quota(employer, units=8, scope=scope, carries=True)
    later = _carried(db, people[0], now)
    assert _stands(employer, quota, later).granted == (granted, None)
    [past] = queries.past_standings(queries.quota_of(employer.id, quota.id), _group(employer), now=later)
    assert past.granted == (8 if scope == "pool" else 48, None)


def test_of_few_people_a_rest_is_not_told(db, people, now):
    few = make_employer("Klein GmbH", *people[:4])
    quota = make_quota(few, units=8, scope="pool", carries=True)
    assert _stands(few, quota, _carried(db, people[0], now)).granted == (8, None)


def test_who_cancels_is_no_longer_counted(people, employer, now):
    quota = make_quota(employer)
    booking = book(people[0], now)
    bookings.cancel(booking_uuid=booking.uuid, person_id=people[0], now=now)
    stands = _stands(employer, quota, now)
    assert (stands.committed, stands.forecast) == ((0, 0), (0, 0))


@pytest.mark.parametrize("count", [1, 4])
def test_of_few_people_nothing_is_told_but_the_grant(people, now, count):
    few = make_employer("Klein GmbH", *people[:count])
    quota = make_quota(few, units=8)
    book(people[0], now)
    stands = _stands(few, quota, now)
    assert stands.granted == (8 * count, None)
    assert (stands.committed, stands.forecast, stands.used, stands.reserved) == (None,) * 4


def test_a_month_of_few_people_stays_untold_when_more_join(people, now):
    few = make_employer("Klein GmbH", *people[:4])
    quota = make_quota(few, units=8)
    book(people[0], now)
    for person in people[4:]:
        make_employment(few, person, starts_on=date(2026, 12, 1))
    later = datetime(2026, 12, 10, 12, tzinfo=UTC)
    [past] = queries.past_standings(queries.quota_of(few.id, quota.id), _group(few), now=later)
    assert past.committed is None
    assert _stands(few, quota, later).committed == (0, 0)


def test_used_and_reserved_are_told_apart_when_the_statement_is(db, people, employer, now):
    """The attack: whoever looks every day at every figure learns of no service younger than 14 days, and of no day."""
    quota = make_quota(employer)
    came, stayed_away = book(people[0], now), book(people[1], now)
    come(db, came)
    evening = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
    before = _stands(employer, quota, evening)
    checkins.settle_charge(booking_id=came.id, now=evening)
    assert _stands(employer, quota, evening) == before
    changed = set()
    for days in range(40):
        moment = evening + timedelta(days=days)
        for stands in (
            _stands(employer, quota, moment),
            *queries.past_standings(queries.quota_of(employer.id, quota.id), _group(employer), now=moment),
        ):
            if stands.first_on == date(2026, 11, 1) and stands.used == (2, 1200):
                assert (stands.reserved, stands.as_of) == ((2, 1200), date(2026, 11, 30))
                changed.add(moment.date())
            elif stands.used is not None:
                assert stands.used == (0, 0)
    assert min(changed) == date(2026, 12, 15)
    assert booked.booking_by_id(stayed_away.id).charge == "reserved"
