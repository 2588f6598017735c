"""The page of one booking: what can be done with it now, and nothing else."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup

from app.bookings import operations
from tests.factories import make_space

DAY = date(2026, 11, 24)
OVER = datetime(2026, 11, 24, 22, tzinfo=UTC)


@pytest.fixture
def booking(cast, now):
    make_space("wagen", seats=2, lat=51.93, lon=7.35, arrival="Hinter der Kirche links.")
    order = operations.Order(uuid.uuid4(), "wagen", DAY, "day", 1)
    return operations.book(order=order, person_id=cast["ana"], now=now).booking


@pytest.fixture
def look(as_, booking):
    """Return the page's words, and the names of what can be done."""

    def look(at=None):
        ana = as_("ana")
        with time_machine.travel(at or booking.starts_at - timedelta(days=1), tick=False):
            page = BeautifulSoup(ana.get(f"/buchungen/{booking.uuid}").data, "html.parser").main
        return page.get_text(" ", strip=True), [link.get_text(strip=True) for link in page.select(".actions a")]

    return look


def test_the_day_before_there_is_nothing_to_check_in_to(look):
    words, ways = look()
    assert ways == ["Route", "Ändern", "Absagen"]
    assert "Hinter der Kirche links." in words


def test_on_the_day_checking_in_comes_first(look, booking):
    assert look(booking.starts_at)[1] == ["Einchecken", "Route", "Ändern", "Absagen"]


def test_a_cancelled_booking_says_so_and_leads_on(look, booking, cast, now):
    operations.cancel(booking_uuid=booking.uuid, person_id=cast["ana"], now=now)
    words, ways = look()
    assert "Diese Buchung gilt nicht mehr." in words
    assert ways == ["Neu buchen"]


def test_a_booking_that_is_over_says_so(look):
    words, ways = look(OVER)
    assert "Diese Buchung ist vorbei." in words
    assert ways == ["Neu buchen"]


def test_it_is_nobody_elses(as_, booking):
    assert as_("ben").get(f"/buchungen/{booking.uuid}").status_code == 404
