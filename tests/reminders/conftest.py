"""A worker for tests: it looks what is due at a moment and sends it, round by round, without waiting."""

import threading
import uuid
from datetime import date

import pytest
import time_machine

from app import clock
from app.bookings import operations as bookings
from app.bookings.operations import Order
from app.jobs import loop
from app.messages import post
from tests import factories


class Letters:
    """A way out that keeps what it is given."""

    def __init__(self):
        self.mails = []
        self.is_down = False

    def send(self, mail, name):
        del name
        if self.is_down:
            raise post.Unreachable("down")
        self.mails.append(mail)

    def close(self):
        """Nothing stays open."""


class Worker:
    """`at(moment)` does all that is due then and returns the subjects of the mails that went out."""

    def __init__(self):
        self.letters = Letters()
        self.loop = loop.Loop(self.letters, threading.Event())

    def at(self, moment):
        before = len(self.letters.mails)
        with time_machine.travel(moment, tick=False):
            self.loop._reminding.round()
            while self.loop._send():
                pass
            self.loop._next.clear()
        return [f"{mail['To'].addresses[0].username}: {mail['Subject']}" for mail in self.letters.mails[before:]]


@pytest.fixture
def worker(app):
    return Worker()


@pytest.fixture
def space(app):
    return factories.make_space("kontor", seats=5)


@pytest.fixture
def book(cast, space):
    """Book as people do: `book("ana", day, at=moment)`. Its confirmation is out already."""

    def make(person="ana", day=date(2026, 11, 25), period="morning", *, at, slug="kontor"):
        order = Order(uuid.uuid4(), slug, day, period)
        return bookings.book(order=order, person_id=cast[person], now=at).booking

    return make


@pytest.fixture
def local():
    """`local("2026-11-24 18:00")`: a moment on German clocks."""

    def moment(text, timezone="Europe/Berlin"):
        day, time = text.split()
        hour, minute = time.split(":")
        return clock.moment_of(date.fromisoformat(day), int(hour) * 60 + int(minute), timezone)

    return moment
