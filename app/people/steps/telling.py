"""What people are told: one message to their first address, written with the change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.messages import steps as messages
from app.people import queries as people
from app.people.models import Person


def public_id(person_id: int) -> str:
    """Return the name under which the audit knows a person."""
    return str(db.session.execute(select(Person.public_id).where(Person.id == person_id)).scalar_one())


def tell(person_id: int, kind: str, payload: dict[str, Any], *, now: datetime) -> None:
    """Write a message to the first address of a person, if there is one."""
    emails = people.addresses(person_id)
    if emails:
        person = db.session.execute(select(Person.name, Person.language).where(Person.id == person_id)).one()
        payload = {**payload, "name": person.name or None}
        messages.write(messages.Draft(kind, person_id, emails[0].email, person.language, payload), now=now)
