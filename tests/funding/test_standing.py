"""How a quota stands, and what nobody may read out of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.bookings import operations as bookings
from app.bookings import queries as booked
from app.checkins import operations as checkins
from app.employers import queries as employers
from app.funding import queries
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


def test_used_and_reserved_are_told_apart_after_14_days(db, people, employer, now):
    """The attack: whoever looks every day at every figure learns of no service younger than 14 days."""
    quota = make_quota(employer)
    came, stayed_away = book(people[0], now), book(people[1], now)
    come(db, came)
    evening = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
    before = _stands(employer, quota, evening)
    checkins.settle_charge(booking_id=came.id, now=evening)
    assert _stands(employer, quota, evening) == before
    first = None
    for days in range(40):
        moment = evening + timedelta(days=days)
        for stands in (
            _stands(employer, quota, moment),
            *queries.past_standings(queries.quota_of(employer.id, quota.id), _group(employer), now=moment),
        ):
            if stands.first_on == date(2026, 11, 1) and stands.used == (2, 1200):
                assert stands.reserved == (2, 1200)
                first = first or moment.date()
            elif stands.used is not None:
                assert stands.used == (0, 0)
    assert first == TUESDAY + timedelta(days=15)
    assert booked.booking_by_id(stayed_away.id).charge == "reserved"


def test_a_change_tells_how_many_it_hits_but_never_of_few(people, employer, now):
    quota = queries.quota_of(employer.id, make_quota(employer, units=8).id)
    today = date(2026, 11, 23)
    for person in people[:5]:
        book(person, now)
    assert queries.change_of(quota, 1, None, today=today) == queries.Change(5, 5)
    assert queries.change_of(quota, 2, None, today=today) == queries.Change(5, None)
    assert queries.change_of(quota, 8, 1199, today=today) == queries.Change(5, 5)
    assert queries.change_of(quota, 1, None, today=date(2026, 12, 1)) == queries.Change(None, None)
