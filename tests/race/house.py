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
from sqlalchemy import insert, select

from app import clock, config, create_app
from app.employers.models import Employer, Employment
from app.extensions import db, disconnect
from app.funding.models import Quota
from app.jobs import queries as jobs
from app.people.models import Address, Person, Session
from app.places.models import Town
from app.spaces.models import Hours, Seat, Space
from tests.race.server import SECRET
from tests.race.wire import HOST

# Open every day, holidays too, so that every date can be booked.
EVERY_DAY = dict.fromkeys(range(7), (8 * 60, 13 * 60, 18 * 60))


# Who pays, by its name in addresses.
EMPLOYER = "beispiel"
# Half-days that a person has, and that all have together: fewer than they ask for.
EACH, POOL = 3, 20


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


def app_on(database_url: str, folder: Path, public_url: str = f"http://{HOST}") -> Flask:
    """Make the application on a database, as it runs when it is no demo."""
    folder.mkdir(parents=True, exist_ok=True)
    return create_app(
        config.Config(
            secret_key=SECRET,
            public_url=public_url,
            data_dir=folder,
            database_url=database_url,
            log_level="WARNING",
        )
    )


@contextmanager
def opened(database_url: str, folder: Path) -> Iterator[Flask]:
    """Open the house on a database inside an application context."""
    app = app_on(database_url, folder)
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            disconnect()


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
    names = {uuid.uuid4(): f"Beispiel {number}" for number in range(1, count + 1)}
    db.session.execute(
        insert(Person), [{"public_id": key, "name": name, "made_at": now} for key, name in names.items()]
    )
    known = {row.public_id: row.id for row in db.session.execute(select(Person.public_id, Person.id))}
    ids = [(known[public_id], public_id) for public_id in names]
    addresses = [
        {"person_id": person_id, "email": f"beispiel{person_id}@example.org", "verified_at": now}
        for person_id, _ in ids
    ]
    db.session.execute(insert(Address), addresses)
    moments = {"made_at": now, "seen_at": now, "expires_at": now + timedelta(days=100)}
    sessions = [
        {"person_id": person_id, "digest": hashlib.sha256(_token(public_id).encode()).hexdigest(), **moments}
        for person_id, public_id in ids
    ]
    db.session.execute(insert(Session), sessions)
    db.session.commit()
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    return [
        Visitor(
            person_id, str(public_id), f"session={signer.dumps({'_permanent': True, '_user_id': _token(public_id)})}"
        )
        for person_id, public_id in ids
    ]


def add_employer(visitors: list[Visitor]) -> int:
    """Let all of them work for one employer. Returns its id."""
    now = clock.now()
    employer = Employer(slug=EMPLOYER, name="Beispiel GmbH", made_at=now)
    db.session.add(employer)
    db.session.flush()
    working = {"employer_id": employer.id, "role": "member", "starts_on": now.date(), "made_at": now}
    db.session.execute(insert(Employment), [{**working, "person_id": visitor.person_id} for visitor in visitors])
    db.session.commit()
    return employer.id


def add_quotas(visitors: list[Visitor], agent: Visitor) -> list[int]:
    """Let all of them work for one employer with two quotas: a few half-days each, and some for all together.

    `agent` acts for it. Returns the ids of the quotas.
    """
    now = clock.now()
    employer = add_employer(visitors)
    ends_on = now.date() + timedelta(days=400)
    granted = {"employer_id": employer, "starts_on": now.date(), "ends_on": ends_on, "made_at": now}
    own = Quota(**granted, name="Je Person", scope="person", frame="quarter", units=EACH, cents=EACH * 900)
    pool = Quota(**granted, name="Für alle", scope="pool", frame="total", units=POOL, cents=POOL * 900)
    acting = Employment(
        employer_id=employer, person_id=agent.person_id, role="agent", starts_on=now.date(), made_at=now
    )
    db.session.add_all([own, pool, acting])
    db.session.commit()
    return [own.id, pool.id]


def _token(public_id: uuid.UUID) -> str:
    return f"token-of-{public_id}"


def as_plain(rows: list[Visitor] | list[Door]) -> list[dict[str, object]]:
    """Write them so that another process can read them."""
    return [asdict(row) for row in rows]


def contradictions() -> int:
    """Count what `flask reconcile` finds in the open house."""
    return sum(1 for _ in jobs.findings())
