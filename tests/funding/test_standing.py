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
from app.checkins import queries as checked
from app.employers import queries as employers
from app.funding import operations, queries, steps
from app.funding.operations import Grant
from tests.factories import make_employer, make_employment, make_quota, make_space
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
    assert stands.committed == (3, 5000), "euros are about"


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
    assert _stands(employer, quota, now).forecast == (8 + 2, 10_000), "4800 + 1200 and rounded up"
    assert _stands(employer, quota, now + timedelta(days=28)).forecast == (0, 0)  # December, and nobody booked of late


def test_the_forecast_of_a_new_quota_takes_a_week_at_least(people, employer, now):
    quota = make_quota(employer, units=8, made_at=now)
    book(people[0], now)
    assert _stands(employer, quota, now).forecast == (4, 5000)


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
    came, stayed_away, *_ = (book(person, now) for person in people[:5])
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
                assert (stands.reserved, stands.as_of) == ((8, 4800), date(2026, 11, 30))
                changed.add(moment.date())
            elif stands.used is not None:
                assert stands.used == (0, 0)
    assert min(changed) == date(2026, 12, 15)
    assert booked.booking_by_id(stayed_away.id).charge == "reserved"


def test_the_price_of_a_place_is_not_told_live(people, employer, now):
    """The attack: who sees euros to the cent sees by each step at which place somebody has booked."""
    make_space("teuer", seats=4, price_cents=850)
    quota = make_quota(employer)
    cheap = book(people[0], now)
    at_one = _stands(employer, quota, now)
    bookings.cancel(booking_uuid=cheap.uuid, person_id=people[0], now=now)
    bookings.book(order=Order(uuid.uuid4(), "teuer", TUESDAY, "day"), person_id=people[0], now=now)
    assert _stands(employer, quota, now) == at_one


def test_euros_are_never_more_than_was_granted_while_they_are_not(people, employer, now):
    quota = make_quota(employer, scope="pool", units=None, cents=4200)
    for person in people[:3]:
        book(person, now)
    assert _stands(employer, quota, now).committed == (6, 4200)


def test_nothing_is_told_of_a_frame_before_it_begins(people, employer, now):
    """The attack: 84 days before, its first day is the only one that can be booked."""
    quota = make_quota(employer, starts_on=date(2027, 2, 1))
    before = _stands(employer, quota, now)
    for days in range(10):
        book(people[0], now + timedelta(days=days), date(2027, 2, 15) + timedelta(days=days)) if days in {
            0,
            3,
        } else None
        after = _stands(employer, quota, now + timedelta(days=days))
        assert (after.committed, after.forecast, after.used, after.is_ahead) == (None, None, None, True)
    assert before.is_ahead
    begun = _stands(employer, quota, datetime(2027, 2, 1, 8, tzinfo=UTC))
    assert (begun.committed, begun.is_ahead) == ((4, 5000), False)


def test_that_somebody_stayed_away_is_told_once_a_month(db, people, employer, now):
    """The attack: a day given back a fortnight later would say on which day somebody did not come."""
    quota = make_quota(employer, frame="quarter", starts_on=date(2026, 10, 1), pays_no_show=False)
    for person in people[:5]:
        book(person, now)
    absent = datetime(2026, 12, 9, 9, tzinfo=UTC)
    before = _stands(employer, quota, absent - timedelta(days=1))
    for booking_id, _ in checked.due_charges(absent):
        checkins.settle_charge(booking_id=booking_id, now=absent)
    assert sum(booked.booking_by_id(each).charge == "released" for each in range(1, 6)) == 5, "the control: given back"
    for days in range(36):
        stands = _stands(employer, quota, min(absent + timedelta(days=days), datetime(2026, 12, 31, 9, tzinfo=UTC)))
        assert stands.committed == before.committed == (10, 10_000)
    [past] = queries.past_standings(
        queries.quota_of(employer.id, quota.id), _group(employer), now=datetime(2027, 1, 20, tzinfo=UTC)
    )
    assert (past.committed, past.used, past.is_live) == ((0, 0), (0, 0), False)


def test_what_fewer_than_five_have_used_is_not_split(db, people, employer, now):
    """The attack: a quota that lives for one evening holds one booking, and its split says whether that person came."""
    quota = make_quota(employer)
    came = book(people[0], now)
    come(db, came)
    checkins.settle_charge(booking_id=came.id, now=datetime(2026, 11, 24, 18, 0, tzinfo=UTC))
    [past] = queries.past_standings(
        queries.quota_of(employer.id, quota.id), _group(employer), now=datetime(2026, 12, 20, tzinfo=UTC)
    )
    assert (past.committed, past.used, past.reserved) == ((2, 1200), None, None)
