"""Ana has booked where there is something to tell, and has a calendar link."""

from __future__ import annotations

import uuid
from datetime import date
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar

from app.bookings import operations
from app.bookings.operations import Order
from app.reminders import operations as reminders
from app.reminders import queries
from tests.factories import make_space
from tests.phones import statements

__all__ = ["statements"]
TUESDAY = date(2026, 11, 24)
SECRET = "only for tests"


@pytest.fixture
def space(app):
    facts = {"address": "Am Markt 1", "plz": "48301", "arrival": "Hinter der Kirche, zweite Tür.", "stop": "Markt"}
    return make_space("wagen", seats=3, lat=51.93, lon=7.35, **facts)


@pytest.fixture
def book(cast, space, now):
    """Book a desk: `book()`, `book("ben", date(…), "morning")`."""

    def make(person="ana", day=TUESDAY, period="day", at=now, seat=None):
        order = Order(uuid.uuid4(), "wagen", day, period, seat)
        return operations.book(order=order, person_id=cast[person], now=at).booking

    return make


@pytest.fixture
def link(cast, db, now):
    """Make a calendar link and return its path: `link()`, `link("ben")`."""

    def make(person="ana"):
        reminders.make_feed(person_id=cast[person], secret=SECRET, now=now)
        token = queries.own_feed(cast[person], SECRET).token
        db.session.rollback()
        return f"/kalender/{token}.ics"

    return make


@pytest.fixture
def read(client):
    """Read a calendar as a program does, and return it with its events."""

    def fetch(path):
        answer = client.get(urlsplit(path).path)
        assert answer.status_code == 200, answer.text
        calendar = Calendar.from_ical(answer.data)
        return calendar, calendar.walk("VEVENT")

    return fetch
