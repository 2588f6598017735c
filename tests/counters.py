"""A space with a host, and the device on its counter."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from app.extensions import db
from app.spaces.models import Host
from tests.factories import MADE_AT
from tests.phones import Phone

OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "Nahplatz-Client": "1"}


@dataclass
class Counter:
    """A device that shows its token, with or without somebody signed in on it."""

    client: Any
    slug: str
    device: str
    token: str
    seq: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def phone(self) -> Phone:
        return Phone(self.client, "", self.device, self.seq)

    def scan(self, code: str, at: datetime | None = None, **changes: Any) -> dict[str, Any]:
        """Make the event of a pass that was scanned, or with the code "word" of somebody's word."""
        return self.phone.scan(code, at, **changes)

    def tick(self, booking: Any, at: datetime | None = None, **changes: Any) -> dict[str, Any]:
        return self.scan("word", at, booking=str(booking), **changes)

    def walk_in(self, at: datetime | None = None, *, label: str = "Gast 1", seat: int = 1, **changes: Any) -> Any:
        named = {"booking": str(uuid.uuid4()), "label": label, "seat": seat}
        return self.scan("word", at, kind="walk_in", **(named | changes))

    def undo(self, event: dict[str, Any], at: datetime | None = None, **changes: Any) -> dict[str, Any]:
        return self.scan("word", at, kind="undo", undoes=event["id"], **changes)

    def post(self, *events: Any, **changes: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Nahplatz-Person": ""}
        return self.phone.post(self.phone.batch(list(events), **changes), **headers)

    def send(self, *events: Any) -> list[dict[str, Any]]:
        """Send events and return their verdicts."""
        response = self.post(*events)
        assert response.status_code == 200, response.text
        return response.json["verdicts"]

    def get(self, path: str | None = None, **headers: str) -> Any:
        given = {"Authorization": f"Bearer {self.token}"} | headers
        return self.client.get(path or f"/api/v1/host/{self.slug}/snapshot", headers=given)


@pytest.fixture
def host_of(cast):
    """Make a member of the cast a host of a space: `host_of("hana", space)`."""

    def make(person, space):
        db.session.add(Host(person_id=cast[person], space_id=space.id, made_at=MADE_AT))
        db.session.commit()

    return make


@pytest.fixture
def register(as_, app):
    """Register a device as a host would, and leave it signed out: `register("hana", "kontor")`."""

    def make(person="hana", slug="kontor", *, stays_signed_in=False, device=None):
        client = as_(person)
        device = device or str(uuid.uuid4())
        body = {"device": device, "name": "Tablet am Empfang", "public_key": None}
        answer = client.put(f"/api/v1/host/{slug}/device", json=body, headers=OWN_PAGE)
        assert answer.status_code == 200, answer.text
        return Counter(client if stays_signed_in else app.test_client(), slug, device, answer.json["token"])

    return make


@pytest.fixture
def counter(host_of, space, register):
    host_of("hana", space)
    return register()
