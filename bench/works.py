"""What is measured, as requests: the same bytes that a phone or a browser sends."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app import clock
from bench import furnish
from bench.furnish import House, Stay
from tests.race import wire
from tests.race.server import Server

# Behind the days that are already taken, and within the 84 days that can be booked.
FIRST_BOOKED, BOOKED_DAYS = 32, 20
FIRST_PAID = FIRST_BOOKED + BOOKED_DAYS  # what an employer pays for lies on the days after these
BATCHES = 10


@dataclass
class Works:
    """Makes requests for one server. What can be done only once (a seat, an event) is dealt out in order."""

    house: House
    server: Server
    orders: Iterator[bytes] = field(init=False)
    paid_orders: Iterator[bytes] = field(init=False)
    scans: Iterator[bytes] = field(init=False)
    heavy: int = 0

    def __post_init__(self) -> None:
        self.orders = self._orders()
        self.paid_orders = (self.paid_order(number) for number in range(furnish.A_DAY * BOOKED_DAYS))
        self.scans = self._scans()

    # Each of these returns `count` requests.

    def book(self, count: int) -> list[bytes]:
        return [next(self.orders) for _ in range(count)]

    def book_paid(self, count: int) -> list[bytes]:
        """Like `book`, by people whose employer pays."""
        return [next(self.paid_orders) for _ in range(count)]

    def check_in(self, count: int) -> list[bytes]:
        return [next(self.scans) for _ in range(count)]

    def batch(self, count: int) -> list[bytes]:
        """Ten people come out of the train: 50 events each."""
        del count
        self.heavy += BATCHES
        people = range(self.heavy - BATCHES, self.heavy)
        return [
            self._batch(furnish.PEOPLE - furnish.HEAVY + one, self._events_of(self.house.heavy[one])) for one in people
        ]

    def availability(self, count: int, days: int = 1) -> list[bytes]:
        return [wire.request("GET", self._availability_path(days))] * count

    def availability_30(self, count: int) -> list[bytes]:
        return self.availability(count, 30)

    def availability_unchanged(self, count: int, days: int = 1) -> list[bytes]:
        return [self._unchanged(self._availability_path(days), {})] * count

    def availability_30_unchanged(self, count: int) -> list[bytes]:
        return self.availability_unchanged(count, 30)

    def snapshot(self, count: int) -> list[bytes]:
        return [wire.request("GET", "/api/v1/me/snapshot", self._cookie(number % 1_000)) for number in range(count)]

    def snapshot_unchanged(self, count: int) -> list[bytes]:
        known = [self._unchanged("/api/v1/me/snapshot", self._cookie(number)) for number in range(50)]
        return [known[number % len(known)] for number in range(count)]

    def start_page(self, count: int) -> list[bytes]:
        return [wire.request("GET", "/", self._cookie(number % 1_000)) for number in range(count)]

    def _availability_path(self, days: int) -> str:
        return f"/api/v1/availability?date={self.house.today + timedelta(days=1)}&days={days}"

    def _cookie(self, person: int) -> dict[str, str]:
        return {"Cookie": self.house.visitors[person].cookie, "Accept-Language": "de"}

    def _unchanged(self, path: str, headers: dict[str, str]) -> bytes:
        """Ask once, then write the request that says what is already known."""
        connection = wire.Connection(self.server.port)
        etag = connection.send(wire.request("GET", path, headers)).header("ETag")
        connection.close()
        assert etag is not None, f"{path} has no ETag"
        return wire.request("GET", path, {**headers, "If-None-Match": etag})

    def order(self, number: int) -> bytes:
        """Write a booking of its own: every number means another seat, person and half-day."""
        return self._order(number, FIRST_BOOKED, 0)

    def paid_order(self, number: int) -> bytes:
        return self._order(number, FIRST_PAID, furnish.PAID_FROM)

    def _order(self, number: int, first_day: int, first_person: int) -> bytes:
        days, place = divmod(number, furnish.A_DAY)
        seat = place % furnish.SEATS_USED
        order = {
            "space": self.house.door_of(seat).slug,
            "date": (self.house.today + timedelta(days=first_day + days)).isoformat(),
            "period": ("morning", "afternoon")[place // furnish.SEATS_USED],
            "seat": seat % furnish.SEATS + 1,
        }
        headers = {**wire.OWN_PAGE, **self._cookie(first_person + place)}
        return wire.request("PUT", f"/api/v1/bookings/{uuid.uuid4()}", headers, json.dumps(order).encode())

    def _orders(self) -> Iterator[bytes]:
        return (self.order(number) for number in range(furnish.A_DAY * BOOKED_DAYS))

    def scan(self, number: int) -> bytes:
        """Write a check-in of its own: every number means another stay of the past."""
        stay = self.house.past[number]
        code = self.house.signs[self.house.door_of(stay.seat).id]
        return self._batch(stay.person, [(code, "check_in", _minutes_into(stay, 60))])

    def _scans(self) -> Iterator[bytes]:
        return (self.scan(number) for number in range(len(self.house.past)))

    def _events_of(self, stays: list[Stay]) -> list[tuple[str, str, datetime]]:
        events = []
        for stay in stays:
            code = self.house.signs[self.house.door_of(stay.seat).id]
            events += [(code, "check_in", _minutes_into(stay, 10)), (code, "check_out", _minutes_into(stay, 240))]
        return sorted(events, key=lambda event: event[2])

    def _batch(self, person: int, scans: list[tuple[str, str, datetime]]) -> bytes:
        visitor = self.house.visitors[person]
        now, device, boot = clock.now(), str(uuid.uuid4()), str(uuid.uuid4())
        since = min(at for _, _, at in scans)
        events = [
            {
                "id": str(uuid.uuid4()),
                "device": device,
                "seq": number,
                "kind": kind,
                "code": f"{self.server.public_url}/C/{code}".upper(),
                "booking": None,
                "captured_at": _text(at),
                "boot": boot,
                "boot_ms": int((at - since).total_seconds() * 1000),
                "last_server_time": None,
                "app_version": "measured",
                "schema": 1,
                "signature": None,
            }
            for number, (code, kind, at) in enumerate(scans, 1)
        ]
        body = {
            "schema": 1,
            "device": device,
            "sent_at": _text(now),
            "boot": boot,
            "boot_ms": int((now - since).total_seconds() * 1000),
            "pending": 0,
            "events": events,
        }
        headers = {**wire.OWN_PAGE, **self._cookie(person), "Nahplatz-Person": visitor.public_id}
        return wire.request("POST", "/api/v1/checkins", headers, json.dumps(body).encode())


def _minutes_into(stay: Stay, minutes: int) -> datetime:
    return furnish.moments(stay)[0] + timedelta(minutes=minutes)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
