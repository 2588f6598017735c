"""Past bookings: what became of each, a page at a time, for nobody else."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from app import clock
from app.bookings import operations
from app.bookings.operations import Order
from tests import factories

MONDAY = date(2026, 11, 23)


@pytest.fixture
def book(cast):
    factories.make_space("wagen", seats=4)

    def book(day: date) -> uuid.UUID:
        order = Order(uuid.uuid4(), "wagen", day, "day")
        return operations.book(order=order, person_id=cast["ana"], now=clock.now()).booking.uuid

    return book


def _page(client, at: datetime, query: str = ""):
    with time_machine.travel(at, tick=False):
        return client.get(f"/profil/vergangen{query}")


def test_a_missed_day_stays_open_for_two_weeks(book, as_):
    book(MONDAY)
    ana = as_("ana")
    after = datetime(2026, 11, 23, 18, tzinfo=UTC)
    assert "noch offen" in _page(ana, after).text
    assert "ohne Check-in" in _page(ana, after + timedelta(days=15)).text


def test_cancelled_and_coming_bookings(book, as_, cast, now):
    operations.cancel(booking_uuid=book(MONDAY), person_id=cast["ana"], now=now)
    book(MONDAY + timedelta(days=1))
    page = _page(as_("ana"), datetime(2026, 11, 23, 18, tzinfo=UTC)).text
    assert "abgesagt" in page
    assert "24. November" not in page


def test_pages_follow_each_other(book, as_):
    for week in range(5):
        monday = MONDAY + timedelta(weeks=week)
        with time_machine.travel(datetime(monday.year, monday.month, monday.day, 6, tzinfo=UTC)):
            for number in range(5):
                # Christmas Day is closed.
                if monday + timedelta(days=number) != date(2026, 12, 25):
                    book(monday + timedelta(days=number))
    ana = as_("ana")
    later = datetime(2027, 1, 30, tzinfo=UTC)
    first = _page(ana, later)
    assert first.text.count("ohne Check-in") == 20
    assert "/profil/vergangen?page=2" in first.text
    second = _page(ana, later, "?page=2")
    assert second.text.count("ohne Check-in") == 4
    assert "page=3" not in second.text


@pytest.mark.parametrize("query", ["?page=zwei", "?page=", "?page=0", "?page=-1", "?page=99999999999"])
def test_a_wrong_link_shows_the_newest(book, as_, query):
    book(MONDAY)
    answer = _page(as_("ana"), datetime(2026, 11, 23, 18, tzinfo=UTC), query)
    assert answer.status_code == 200
    assert "23. November" in answer.text


def test_strangers_see_their_own_only(book, as_, client):
    book(MONDAY)
    after = datetime(2026, 11, 23, 18, tzinfo=UTC)
    assert "Noch nichts vorbei" in _page(as_("ben"), after).text
    assert _page(client, after).status_code == 303
