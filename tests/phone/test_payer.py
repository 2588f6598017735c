"""The snapshot says who pays for each booking, and what to do about one that has lost its payer."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import delete

from app.bookings import operations
from app.bookings.operations import Order
from app.checkins import operations as checkins
from app.funding.models import Programme, ProgrammeEmployer, ProgrammePerson, QuotaPlace
from tests import factories
from tests.conftest import NOW
from tests.funding.coming import come

TUESDAY = date(2026, 11, 24)
SNAPSHOT = "/api/v1/me/snapshot"


@pytest.fixture
def shop(app):
    return factories.make_space("wagen", price_cents=850)


@pytest.fixture
def book(shop, cast, now):
    def make(day=TUESDAY, payer=None, who="ana"):
        order = Order(uuid4(), shop.slug, day, "day", payer=payer)
        return operations.book(order=order, person_id=cast[who], now=now).booking

    return make


@pytest.fixture
def told(as_):
    def get(who="ana"):
        return {each["date"]: each["payer"] for each in as_(who).get(SNAPSHOT).json["bookings"]}

    return get


def _payer(name=None, own_cents=0, **changes):
    return {"name": name, "own_cents": own_cents, "can_change": True, "decide_by": None, **changes}


def test_who_has_no_payer_pays_on_site_and_has_nothing_to_change(book, told):
    book()
    assert told() == {"2026-11-24": _payer(own_cents=1700, can_change=False)}


def test_an_employer_that_pays_is_named(book, told, cast):
    factories.make_quota(factories.make_employer("Beispiel GmbH", cast["ana"]))
    book()
    book(date(2026, 11, 25), "self")
    assert told() == {"2026-11-24": _payer("Beispiel GmbH"), "2026-11-25": _payer(own_cents=1700)}


@pytest.mark.parametrize(("works", "own"), [(True, 0), (False, 850)])
def test_of_a_share_the_rest_is_told_unless_the_employer_pays_it(works, own, book, told, cast, db):
    programme = factories.make_programme("pilot", share_percent=50)
    factories.make_quota(programme)
    factories.make_quota(programme, scope="pool", units=100, cents=100_000)
    if works:
        employer = factories.make_employer("Beispiel GmbH", cast["ana"])
        factories.make_quota(employer)
        db.session.add(ProgrammeEmployer(programme_id=programme.id, employer_id=employer.id))
        db.session.commit()
    book(payer="programme-pilot")
    assert told() == {"2026-11-24": _payer("Pilot", own)}


def test_a_quota_for_another_place_changes_nothing(book, told, cast, db):
    quota = factories.make_quota(factories.make_employer("Beispiel GmbH", cast["ana"]))
    db.session.add(QuotaPlace(quota_id=quota.id, space_id=factories.make_space("fern").id))
    db.session.commit()
    book()
    assert told()["2026-11-24"]["can_change"] is False


@pytest.mark.parametrize("ben_has_booked", [False, True])
def test_what_others_have_booked_lets_nobody_choose(ben_has_booked, book, told, cast, db):
    """Neither somebody else's employer pays nor a quota for another place."""
    factories.make_quota(factories.make_employer("Beispiel GmbH", cast["ben"]))
    quota = factories.make_quota(factories.make_employer("Andere GmbH", cast["ana"]))
    fern = factories.make_space("fern", price_cents=850)
    db.session.add(QuotaPlace(quota_id=quota.id, space_id=fern.id))
    db.session.commit()
    if ben_has_booked:
        book(who="ben")
        order = Order(uuid4(), "fern", date(2026, 11, 25), "day", payer="self")
        operations.book(order=order, person_id=cast["ben"], now=NOW)
    book()
    assert told()["2026-11-24"]["can_change"] is False


def _shorten(db, days=date(2026, 11, 23)):
    db.session.query(Programme).one().ends_on = days
    db.session.commit()


def test_a_booking_beyond_its_programme_says_until_when_to_choose(book, told, cast, db, now):
    factories.make_quota(factories.make_programme("pilot", name="Pilot Winter"))
    book(date(2026, 12, 3))
    _shorten(db)
    lost = _payer("Pilot Winter", decide_by="2026-11-30T07:00:00.000Z")
    assert told() == {"2026-12-03": lost}
    operations.tell_payer_ends(person_id=cast["ana"], now=now)
    assert told() == {"2026-12-03": lost}


def test_what_was_settled_keeps_its_payer(book, told, cast, db):
    factories.make_quota(factories.make_employer("Beispiel GmbH", cast["ana"]))
    booking = book()
    at = booking.starts_at + timedelta(minutes=15)
    come(db, booking, at)
    with time_machine.travel(at, tick=False):
        checkins.settle_charge(booking_id=booking.id, now=at)
        assert told() == {"2026-11-24": _payer("Beispiel GmbH", can_change=False)}


def test_what_has_ended_names_nobody(book, told, cast, now):
    booking = book()
    operations.cancel(booking_uuid=booking.uuid, person_id=cast["ana"], now=now)
    assert told() == {"2026-11-24": None}


def _choose_self(booking, cast, now, **_):
    operations.change_payer(booking_uuid=booking.uuid, payer="self", person_id=cast["ana"], now=now)


def _end(db, **_):
    _shorten(db)


def _grant(cast, db, **_):
    factories.make_quota(db.session.query(Programme).one(), name="Noch eins")


def _settle(booking, db, **_):
    """The worker is half a minute behind the check-in after which the phone asks."""
    come(db, booking)
    checkins.settle_charge(booking_id=booking.id, now=booking.starts_at)


def _swap(cast, db, **_):
    """Left out of one programme, invited to another."""
    another = factories.make_programme("fern", is_for_all=False)
    db.session.execute(delete(ProgrammePerson))
    db.session.add(ProgrammePerson(programme_id=another.id, person_id=cast["ana"]))
    db.session.commit()


def _nothing(**_):
    pass


def _other(db, **_):
    """Somebody else's programme ends."""
    factories.make_programme("fern", ends_on=date(2026, 11, 2))


def _own_employer(cast, **_):
    factories.make_quota(factories.make_employer("Beispiel GmbH", cast["ana"]))


def _another_employer(cast, **_):
    factories.make_quota(factories.make_employer("Andere GmbH", cast["ben"]))


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (_choose_self, 200),
        (_end, 200),
        (_grant, 200),
        (_own_employer, 200),
        (_settle, 200),
        (_swap, 200),
        (_nothing, 304),
        (_other, 304),
        (_another_employer, 304),
    ],
)
def test_the_etag_changes_with_who_pays(change, status, book, as_, cast, db, now):
    programme = factories.make_programme("pilot")
    factories.make_quota(programme)
    db.session.add(ProgrammePerson(programme_id=programme.id, person_id=cast["ana"]))
    db.session.commit()
    booking = book(date(2026, 12, 3))
    ana = as_("ana")
    etag = ana.get(SNAPSHOT).headers["ETag"]
    change(booking=booking, cast=cast, db=db, now=now)
    assert ana.get(SNAPSHOT, headers={"If-None-Match": etag}).status_code == status


@pytest.mark.parametrize(("before", "after"), [((3, 4), (5,)), ((1, 4), (2, 3)), ((1, 5, 6), (2, 3, 7)), ((), (1,))])
def test_no_sum_or_square_stands_for_other_programmes(before, after, as_, cast, db):
    """9 + 16 = 25, 1 + 4 = 2 + 3, and the third pair is alike in both."""
    made = [factories.make_programme(f"p{number}", is_for_all=False) for number in range(1, 8)]
    assert [each.id for each in made] == [1, 2, 3, 4, 5, 6, 7]
    ana = as_("ana")

    def take_part(ids):
        db.session.execute(delete(ProgrammePerson))
        db.session.add_all(ProgrammePerson(programme_id=each, person_id=cast["ana"]) for each in ids)
        db.session.commit()

    take_part(before)
    etag = ana.get(SNAPSHOT).headers["ETag"]
    assert ana.get(SNAPSHOT, headers={"If-None-Match": etag}).status_code == 304
    take_part(after)
    assert ana.get(SNAPSHOT, headers={"If-None-Match": etag}).status_code == 200
