"""A migrated database with spaces, seats, people and their sessions, ready for a race or a measurement."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask_migrate import upgrade
from sqlalchemy import insert

from app import clock, config, create_app
from app.extensions import db
from app.people.models import Address, Person, Session
from app.places.models import Town
from app.spaces.models import Hours, Seat, Space
from tests.race.server import SECRET

# Open every day, holidays too, so that every date can be booked.
EVERY_DAY = dict.fromkeys(range(7), (8 * 60, 13 * 60, 18 * 60))


@dataclass(frozen=True)
class Visitor:
    """Somebody who is signed in: what their browser keeps."""

    person_id: int
    public_id: str
    cookie: str


@dataclass(frozen=True)
class Door:
    """A space with its id, its name in addresses and its seats by number."""

    id: int
    slug: str
    seats: dict[int, int]


@contextmanager
def opened(database_url: str, folder: Path) -> Iterator[Flask]:
    """Open the house on a database inside an application context."""
    folder.mkdir(parents=True, exist_ok=True)
    app = create_app(
        config.Config(
            secret_key=SECRET,
            public_url="http://localhost",
            data_dir=folder,
            database_url=database_url,
            log_level="WARNING",
        )
    )
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def migrate() -> None:
    upgrade()


def add_spaces(count: int, seats: int) -> list[Door]:
    """Add spaces with numbered desks."""
    town = Town(ags="05558032", slug="nottuln", name="Nottuln", plz="48301", lat=51.928018, lon=7.352893)
    db.session.add(town)
    db.session.flush()
    doors = []
    for number in range(1, count + 1):
        space = Space(slug=f"ort-{number}", name=f"Beispiel {number}", town_id=town.id, opens_on_holidays=True)
        space.lat, space.lon, space.price_cents = 51.9 + number / 10_000, 7.3 + number / 10_000, 900
        db.session.add(space)
        db.session.flush()
        hours = [
            {"space_id": space.id, "weekday": weekday, "opens": opens, "splits": splits, "closes": closes}
            for weekday, (opens, splits, closes) in EVERY_DAY.items()
        ]
        db.session.execute(insert(Hours), hours)
        desks = [Seat(space_id=space.id, number=n, name=f"Platz {n}", rank=n) for n in range(1, seats + 1)]
        db.session.add_all(desks)
        db.session.flush()
        doors.append(Door(space.id, space.slug, {desk.number: desk.id for desk in desks}))
    db.session.commit()
    return doors


def add_visitors(app: Flask, count: int) -> list[Visitor]:
    """Add people with a session each, as if they had signed in a moment ago."""
    now = clock.now()
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    visitors = []
    for number in range(1, count + 1):
        public_id = uuid.uuid4()
        person_id = db.session.execute(
            insert(Person).values(public_id=public_id, name=f"Beispiel {number}", made_at=now).returning(Person.id)
        ).scalar_one()
        token = f"token-{number}-{public_id}"
        address = {"person_id": person_id, "email": f"beispiel{number}@example.org", "verified_at": now}
        db.session.execute(insert(Address).values(address))
        session = {"person_id": person_id, "digest": hashlib.sha256(token.encode()).hexdigest(), "browser": "Probe"}
        moments = {"made_at": now, "seen_at": now, "expires_at": now + timedelta(days=100)}
        db.session.execute(insert(Session).values(session | moments))
        cookie = signer.dumps({"_permanent": True, "_user_id": token, "_fresh": True})
        visitors.append(Visitor(person_id, str(public_id), f"session={cookie}"))
    db.session.commit()
    return visitors


def as_plain(rows: list[Visitor] | list[Door]) -> list[dict[str, object]]:
    """Write them so that another process can read them."""
    return [asdict(row) for row in rows]
