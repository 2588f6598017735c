"""Fixtures for tests of check-ins: a phone that scans, and a space with a sign to scan."""

from __future__ import annotations

import base64
import itertools
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from app import clock
from app.bookings.models import Booking
from app.checkins import operations, passes, signing
from app.checkins.models import Checkin
from app.checkins.queries import SignFacts
from app.extensions import db
from app.people.models import Person
from app.spaces.models import Seat, Space
from tests import factories

ORIGIN = "http://localhost"
DAY = date(2026, 11, 23)
OWN_PAGE = {"Nahplatz-Client": "1", "Sec-Fetch-Site": "same-origin"}


@dataclass
class Phone:
    """The server's idea of a phone: makes events and batches as the app does."""

    client: FlaskClient
    person: str
    device: str = field(default_factory=lambda: str(uuid.uuid4()))
    seq: Any = field(default_factory=lambda: itertools.count(1))
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def introduce(self, **changes: Any) -> Any:
        """Register the public half of this phone's key."""
        body = {"public_key": _base64url(passes.public_half(self.key)), "name": "Testtelefon"} | changes
        return self.client.put(f"/api/v1/devices/{self.device}", json=body, headers=OWN_PAGE)

    def signed(self, event: dict[str, Any]) -> dict[str, Any]:
        """Sign an event as the app does."""
        made = self.key.sign(signing.signed_text(event).encode(), ec.ECDSA(SHA256()))
        r, s = decode_dss_signature(made)
        return event | {"signature": _base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))}

    def scan(self, code: str, at: datetime | None = None, **changes: Any) -> dict[str, Any]:
        """Make the event of a scan of `code` at `at`, by a clock that is right."""
        at = at or clock.now()
        boot = str(uuid.uuid4())
        return {
            "id": str(uuid.uuid4()),
            "device": self.device,
            "seq": next(self.seq),
            "kind": "check_in",
            "code": code,
            "booking": None,
            "captured_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "boot": boot,
            "boot_ms": 5000,
            "last_server_time": None,
            "app_version": "0123456789ab",
            "schema": 1,
            "signature": None,
        } | changes

    def batch(self, events: list[Any], **changes: Any) -> dict[str, Any]:
        return {
            "schema": 1,
            "device": self.device,
            "sent_at": clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "boot": "one life of a page",
            "boot_ms": 1000,
            "pending": 0,
            "events": events,
        } | changes

    def post(self, batch: Any, **headers: str) -> Any:
        return self.post_text(json.dumps(batch), **headers)

    def post_text(self, text: str, **headers: str) -> Any:
        own = OWN_PAGE | {"Content-Type": "application/json"}
        given = own | {"Nahplatz-Person": self.person} | headers
        return self.client.post("/api/v1/checkins", data=text, headers=given)

    def send(self, *events: Any, **headers: str) -> list[dict[str, Any]]:
        """Send events and return their verdicts."""
        response = self.post(self.batch(list(events)), **headers)
        assert response.status_code == 200, response.text
        return response.json["verdicts"]


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


@pytest.fixture
def phone_of(as_: Callable[[str], FlaskClient], cast: dict[str, int]) -> Callable[..., Phone]:
    """Return a phone of a member of the cast, signed in."""

    def phone(person: str, **changes: Any) -> Phone:
        public_id = db.session.get(Person, cast[person]).public_id
        db.session.rollback()  # whoever still reads cannot begin to write after somebody else did
        return Phone(as_(person), str(public_id), **changes)

    return phone


@pytest.fixture
def phone(phone_of: Callable[[str], Phone]) -> Phone:
    return phone_of("ana")


@pytest.fixture
def space(app: Any) -> Space:
    return factories.make_space("kontor")


@pytest.fixture
def sign(space: Space, now: datetime) -> SignFacts:
    return operations.replace_sign(space_id=space.id, now=now - timedelta(days=100))


@pytest.fixture
def code(sign: SignFacts) -> str:
    """What the camera sees."""
    return sign.address(ORIGIN)


@pytest.fixture
def book(cast: dict[str, int], space: Space) -> Callable[..., Booking]:
    """Put a booking into the database as it is after booking: `book("ana", morning)`."""

    def make(person: str = "ana", period: str = "day", day: date = DAY, **changes: Any) -> Booking:
        place = changes.pop("at", space)
        first, end, opens, closes = {"morning": (0, 1, 8, 13), "afternoon": (1, 2, 13, 18), "day": (0, 2, 8, 18)}[
            period
        ]
        seat = db.session.query(Seat).filter_by(space_id=place.id).first()
        values = {
            "uuid": uuid.uuid4(),
            "request_digest": "",
            "person_id": cast[person],
            "space_id": place.id,
            "seat_id": seat.id,
            "date": day,
            "first_slot": first,
            "end_slot": end,
            "starts_at": clock.moment_of(day, opens * 60, place.timezone),
            "ends_at": clock.moment_of(day, closes * 60, place.timezone),
            "made_at": factories.MADE_AT,
        }
        booking = Booking(**values | changes)
        db.session.add(booking)
        db.session.commit()
        return booking

    return make


@pytest.fixture
def state(app: Any) -> Callable[[], list[tuple[Any, ...]]]:
    """Return what is stored and judged, without what depends on the order of arrival (the inner ids)."""

    def read() -> list[tuple[Any, ...]]:
        db.session.rollback()
        db.session.expire_all()
        rows = db.session.query(Checkin).order_by(Checkin.event_id).all()
        columns = sorted(set(Checkin.__table__.columns.keys()) - {"id"})
        return [tuple(getattr(row, name) for name in columns) for row in rows]

    return read


@pytest.fixture
def statements(app: Any) -> Iterator[list[str]]:
    """Collect every statement that reaches the database."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)
