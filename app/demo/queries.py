"""What of the samples is there already."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import select

from app.bookings.models import Booking
from app.employers.models import Employer
from app.extensions import db
from app.funding.models import Programme
from app.people.models import Person
from app.spaces.models import Space


def known_bookings(uuids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of these uuids stand for a booking, whatever became of it."""
    return set(db.session.execute(select(Booking.uuid).where(Booking.uuid.in_(uuids))).scalars())


def public_id(person_id: int) -> str:
    """Return the name under which a person's phone knows them."""
    return str(db.session.execute(select(Person.public_id).where(Person.id == person_id)).scalar_one())


def known_spaces() -> set[str]:
    """Return the slugs of all spaces that are stored."""
    return set(db.session.execute(select(Space.slug)).scalars())


def has_employer(slug: str) -> bool:
    """Whether an employer of that name is stored."""
    return db.session.execute(select(Employer.id).where(Employer.slug == slug)).first() is not None


def has_programme(name: str) -> bool:
    """Whether a programme of that name is stored."""
    return db.session.execute(select(Programme.id).where(Programme.name == name)).first() is not None
