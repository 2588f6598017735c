"""A space with a host, and the device on its counter."""

import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from app.extensions import db
from app.spaces.models import Host
from tests.factories import MADE_AT

OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "Nahplatz-Client": "1"}


@dataclass
class Counter:
    """A device that shows its token, with or without somebody signed in on it."""

    client: Any
    slug: str
    device: str
    token: str

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
