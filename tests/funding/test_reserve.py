"""Booking reserves, attendance settles, ending gives back: what accounts show after each, and who pays first."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.bookings import operations
from app.bookings.operations import Order
from app.bookings.steps import UnknownPayer, UsedUp
from app.funding import queries
from app.funding.models import Account, Entry, ProgrammeEmployer, QuotaPlace
from app.funding.queries import Service
from app.spaces import queries as spaces
from tests.factories import make_employer, make_people, make_programme, make_quota, make_seat, make_space

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def _order(day=TUESDAY, period="day", payer=None, space="wagen"):
    return Order(uuid.uuid4(), space, day, period, None, payer=payer)


def _accounts(db):
    db.session.expire_all()
    rows = db.session.scalars(select(Account).order_by(Account.id)).all()
    return [(each.granted_units, each.reserved_units, each.settled_units) for each in rows]


def _cents(db):
    db.session.expire_all()
    rows = db.session.scalars(select(Account).order_by(Account.id)).all()
    return [(each.granted_cents, each.reserved_cents, each.settled_cents) for each in rows]


def _kinds(db):
    return [each.kind for each in db.session.scalars(select(Entry).order_by(Entry.id))]


@pytest.fixture
def space(app):
    return make_space("wagen", seats=4, price_cents=600)


@pytest.fixture
def people(app, space):
    return make_people(3)


@pytest.fixture
def employer(people):
    return make_employer("Beispiel GmbH", people[0], people[1])


def _book(person, now, **wish):
    return operations.book(order=_order(**wish), person_id=person, now=now).booking


def test_a_booking_reserves_from_the_employers_quota(db, people, employer, now):
    quota = make_quota(employer)
    booking = _book(people[0], now)
    assert (booking.payer, booking.charge) == (f"quota-{quota.id}", "reserved")
    assert _accounts(db) == [(8, 2, 0)]
    assert _cents(db) == [(None, 1200, 0)]
    assert _kinds(db) == ["grant", "reserve"]


def test_each_person_has_an_own_account_and_a_pool_is_one(db, people, employer, now):
    make_quota(employer)
    for person in people[:2]:
        _book(person, now)
    assert _accounts(db) == [(8, 2, 0), (8, 2, 0)]
    pool = make_employer("Andere GmbH", people[2])
    make_quota(pool, scope="pool", units=3)
    _book(people[2], now, period="morning")
    assert _accounts(db)[2:] == [(3, 1, 0)]


def test_the_frame_is_that_of_the_service(db, people, employer, now):
    make_quota(employer)
    _book(people[0], now, day=date(2026, 11, 30))
    _book(people[0], now, day=date(2026, 12, 1))
    accounts = db.session.execute(select(Account.first_on, Account.last_on).order_by(Account.id)).all()
    assert [tuple(each) for each in accounts] == [
        (date(2026, 11, 1), date(2026, 11, 30)),
        (date(2026, 12, 1), date(2026, 12, 31)),
    ]


@pytest.mark.parametrize(
    ("frame", "day", "expected"),
    [
        ("month", date(2028, 2, 29), (date(2028, 2, 1), date(2028, 2, 29))),
        ("month", date(2026, 12, 31), (date(2026, 12, 1), date(2026, 12, 31))),
        ("quarter", date(2026, 11, 24), (date(2026, 10, 1), date(2026, 12, 31))),
        ("quarter", date(2027, 1, 1), (date(2027, 1, 1), date(2027, 3, 31))),
        ("total", date(2026, 11, 24), (date(2026, 5, 5), date(2027, 4, 4))),
    ],
)
def test_frames(frame, day, expected):
    assert queries.frame_of(frame, day, date(2026, 5, 5), date(2027, 4, 4)) == expected


def test_who_has_no_quota_pays_on_site_and_nothing_is_kept_of_it(db, people, now):
    booking = _book(people[2], now)
    assert (booking.payer, booking.charge) == (None, None)
    assert _accounts(db) == []


def test_a_used_up_quota_leaves_the_person_to_pay(db, people, employer, now):
    quota = make_quota(employer, units=3)
    assert _book(people[0], now).charge == "reserved"
    assert _book(people[0], now, day=date(2026, 11, 25)).charge is None
    with pytest.raises(UsedUp):
        _book(people[0], now, day=date(2026, 11, 26), payer=f"quota-{quota.id}")
    assert _book(people[0], now, day=date(2026, 11, 26), period="morning").charge == "reserved"
    assert _accounts(db) == [(3, 3, 0)]


def test_a_limit_in_euros_counts_too(db, people, employer, now):
    make_quota(employer, units=None, cents=1500)
    assert _book(people[0], now).charge == "reserved"
    assert _book(people[0], now, day=date(2026, 11, 25)).charge is None
    assert _cents(db) == [(1500, 1200, 0)]


def test_paying_oneself_can_be_chosen(db, people, employer, now):
    make_quota(employer)
    assert _book(people[0], now, payer="self").charge is None
    assert _accounts(db) == []


@pytest.mark.parametrize("payer", ["quota-999", "programme-nein", "unsinn"])
def test_a_payer_who_does_not_pay_here_is_refused(db, people, employer, now, payer):
    make_quota(employer)
    with pytest.raises(UnknownPayer):
        _book(people[0], now, payer=payer)
    assert _accounts(db) == []


def test_somebody_elses_quota_is_unknown(people, employer, now):
    quota = make_quota(employer)
    with pytest.raises(UnknownPayer):
        _book(people[2], now, payer=f"quota-{quota.id}")


@pytest.mark.parametrize(
    "changes",
    [
        {"ends_on": MONDAY},
        {"starts_on": date(2026, 11, 25)},
        {"ended_at": datetime(2026, 11, 1, tzinfo=UTC)},
    ],
)
def test_a_quota_pays_only_between_its_days(people, employer, now, changes):
    make_quota(employer, **changes)
    assert _book(people[0], now).charge is None


def test_a_quota_may_be_for_certain_places(db, people, employer, space, now):
    quota = make_quota(employer)
    elsewhere = make_space("anderswo", price_cents=600)
    db.session.add(QuotaPlace(quota_id=quota.id, space_id=elsewhere.id))
    db.session.commit()
    assert _book(people[0], now).charge is None
    assert _book(people[0], now, day=date(2026, 11, 25), space="anderswo").charge == "reserved"


@pytest.mark.parametrize(("half_hours", "units"), [(1, 1), (8, 1), (9, 2), (16, 2), (17, 3)])
def test_a_room_costs_a_unit_for_each_begun_four_hours(half_hours, units):
    assert Service(1, 1, 1, TUESDAY, "room", half_hours, None).units == units


def test_rooms_need_a_quota_that_pays_them(db, people, employer, space, now):
    make_seat(space, 9, kind="room")
    quota = make_quota(employer)
    order = Order(uuid.uuid4(), "wagen", TUESDAY, "hours", 9, range(20, 24))
    assert operations.book(order=order, person_id=people[0], now=now).booking.charge is None
    quota.has_rooms = True
    db.session.add(quota)
    db.session.commit()
    order = Order(uuid.uuid4(), "wagen", TUESDAY, "hours", 9, range(24, 28))
    assert operations.book(order=order, person_id=people[0], now=now).booking.charge == "reserved"


class TestProgrammes:
    """A programme pays first, from two accounts at once; what it does not pay is the employer's or the person's."""

    @pytest.fixture
    def programme(self, people):
        return make_programme("fruehjahr")

    def test_person_and_budget_are_taken_from_together(self, db, people, employer, programme, now):
        make_quota(employer)
        make_quota(programme, units=4)
        make_quota(programme, scope="pool", frame="total", units=100, cents=100_000, ends_on=date(2027, 1, 31))
        booking = _book(people[0], now)
        assert booking.payer == "programme-fruehjahr"
        assert _accounts(db) == [(4, 2, 0), (100, 2, 0)]
        assert _cents(db) == [(None, 1200, 0), (100_000, 1200, 0)]

    def test_an_empty_budget_leaves_it_to_the_employer(self, db, people, employer, programme, now):
        quota = make_quota(employer)
        make_quota(programme, units=4)
        make_quota(programme, scope="pool", frame="total", units=None, cents=1199, ends_on=date(2027, 1, 31))
        assert _book(people[0], now).payer == f"quota-{quota.id}"

    def test_the_rest_of_a_share_is_the_employers_when_it_takes_part(self, db, people, employer, now):
        programme = make_programme("halb", share_percent=33)
        make_quota(programme, units=4)
        paying = make_quota(employer, units=8)
        # Nobody pays a share unasked while somebody else would pay the whole.
        assert [each.own_cents for each in queries.payers(_service(people[0]))] == [0, 804, 1200]
        assert _book(people[1], now).payer == f"quota-{paying.id}"
        _join(db, programme, employer)
        assert [each.own_cents for each in queries.payers(_service(people[0]))] == [0, 0, 1200]
        _book(people[0], now)
        assert _cents(db) == [(None, 1200, 0), (None, 396, 0), (None, 804, 0)]
        assert _accounts(db) == [(8, 2, 0), (4, 2, 0), (8, 0, 0)]

    def test_only_those_who_take_part_are_paid_for(self, db, people, employer, now):
        programme = make_programme("einige", is_for_all=False)
        make_quota(programme, units=4)
        assert _book(people[0], now).charge is None
        _join(db, programme, employer)
        assert _book(people[0], now, day=date(2026, 11, 25)).payer == "programme-einige"
        assert _book(people[2], now, day=date(2026, 11, 25)).charge is None

    def test_it_pays_until_its_last_day(self, people, now):
        programme = make_programme("kurz", ends_on=TUESDAY)
        make_quota(programme, units=8)
        assert _book(people[0], now).charge == "reserved"
        assert _book(people[0], now, day=date(2026, 11, 25)).charge is None


def _service(person):
    space = spaces.directory().space("wagen")
    return Service(person, space.id, space.town_id, TUESDAY, "desk", 2, 1200)


def _join(db, programme, employer):
    db.session.add(ProgrammeEmployer(programme_id=programme.id, employer_id=employer.id))
    db.session.commit()


@pytest.mark.parametrize(
    ("cents", "percent", "share"), [(1200, 100, 1200), (999, 50, 500), (1, 50, 1), (1000, 33, 330)]
)
def test_half_a_cent_is_the_programmes(cents, percent, share):
    assert queries.share_of(cents, percent) == share
