"""What the writing works are compared with, and what single requests cost: statements and bytes."""

from __future__ import annotations

import gzip
import io
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.bookings.models import Booking
from app.extensions import db
from bench import bare, furnish
from bench.bare import Statement
from bench.furnish import House
from bench.works import BOOKED_DAYS, Works
from tests.race import house, wire

# Rows of the replay lie on days that nothing else uses.
REPLAY_FROM = 400


@dataclass(frozen=True)
class Cost:
    """One request: statements it sends, bytes of its answer as a proxy would send them."""

    statements: int
    gzipped: int


class Inside:
    """The application in this process, called without a network, to look at what it does."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.engine = db.engine

    def call(self, request: bytes) -> wire.Answer:
        head, _, body = request.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, target, _ = first.split(" ")
        headers = [tuple(line.split(": ", 1)) for line in lines]
        with self.app.test_client(use_cookies=False) as client:
            found = client.open(target, method=method, headers=headers, input_stream=io.BytesIO(body))
        lines = [b"", *(f"{name}: {value}".encode() for name, value in found.headers)]
        return wire.Answer(found.status_code, b"\r\n".join(lines), found.data, 0.0)

    def cost(self, requests: list[bytes]) -> Cost:
        """Look at the last of these requests; those before it fill what is kept."""
        for request in requests[:-1]:
            self.call(request)
        with bare.noted() as notes:
            answer = self.call(requests[-1])
        assert answer.status < 400, answer.body[:500]
        return Cost(len(notes), len(gzip.compress(answer.body, 6)) if answer.body else 0)


@contextmanager
def inside(url: str, folder: Path, public_url: str) -> Iterator[Inside]:
    """Make the application in this process, outside of any context, so that each request has one of its own."""
    app = house.app_on(url, folder, public_url)
    inside = Inside(app)
    try:
        yield inside
    finally:
        inside.engine.dispose()


def booking_sql(inside: Inside, works: Works) -> list[Statement]:
    """Return the SQL of one booking with holes for what is booked.

    Its person, space and seat have ids that differ from each other and from every other number in the statements.
    """
    # Behind all that is booked for the measurement, whoever pays.
    first = furnish.A_DAY * BOOKED_DAYS * 2
    inside.call(works.order(first))
    order = works.order(first + 1_700)
    with bare.noted() as notes:
        answer = inside.call(order)
    assert answer.status == 201, answer.body
    key = uuid.UUID(answer.json()["uuid"])
    with inside.app.app_context():
        row = db.session.execute(select(Booking).where(Booking.uuid == key)).scalar_one()
    known = {
        "uuid": key,
        "pass": key.bytes[8:],
        "person": row.person_id,
        "space": row.space_id,
        "seat": row.seat_id,
        "date": row.date,
        "booking": row.id,
    }
    assert len(set(known.values())) == len(known)
    return bare.generalise(notes, known, {"INSERT INTO bookings": "booking"})


def booking_values(made: House, count: int, *, is_sqlite: bool, first: int = 0) -> list[dict[str, Any]]:
    """Return what the holes are filled with: seats, people and days that are free."""
    values = []
    for number in range(first, first + count):
        days, place = divmod(number, furnish.SEATS_USED)
        day = made.today + timedelta(days=REPLAY_FROM + days)
        door = made.door_of(place)
        key = uuid.uuid4()
        values.append(
            {
                "uuid": key.hex if is_sqlite else key,
                "pass": key.bytes[8:],
                "person": made.visitors[place].person_id,
                "space": door.id,
                "seat": door.seats[place % furnish.SEATS + 1],
                "date": _day(day, is_sqlite=is_sqlite),
            }
        )
    return values


def checkin_sql(inside: Inside, works: Works) -> list[Statement]:
    """Return the SQL of one check-in with holes for event, phone and person.

    The person's id differs from every other number in the statements: of the last stays nobody else has so low a one.
    """
    inside.call(works.scan(-2))
    request = works.scan(-1)
    body = wire.body_of(request)
    with bare.noted() as notes:
        answer = inside.call(request)
    assert answer.json()["verdicts"][0]["verdict"] == "accepted", answer.body
    person = works.house.visitors[works.house.past[-1].person].person_id
    known = {"event": uuid.UUID(body["events"][0]["id"]), "device": uuid.UUID(body["device"]), "person": person}
    return bare.generalise(notes, known, {})


def checkin_values(made: House, count: int, *, is_sqlite: bool) -> list[dict[str, Any]]:
    """Return what the holes are filled with: every event of somebody else, as long as there are people."""
    return [
        {
            "event": _key(is_sqlite=is_sqlite),
            "device": _key(is_sqlite=is_sqlite),
            "person": made.visitors[number % furnish.PEOPLE].person_id,
        }
        for number in range(count)
    ]


def single_inserts(statements: list[Statement]) -> list[Statement]:
    """Of the SQL of one check-in, return only the row itself."""
    return [statement for statement in statements if statement.sql.startswith("INSERT INTO checkins")]


def _key(*, is_sqlite: bool) -> uuid.UUID | str:
    return uuid.uuid4().hex if is_sqlite else uuid.uuid4()


def _day(day: date, *, is_sqlite: bool) -> date | str:
    return day.isoformat() if is_sqlite else day
