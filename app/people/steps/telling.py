"""What people are told: one message each to their first address, written with the change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.messages import steps as messages
from app.people import queries as people
from app.people.models import Person

# As many are asked for at once as every database takes in one list.
AT_ONCE = 500


def public_id(person_id: int) -> str:
    """Return the name under which the audit knows a person."""
    return str(db.session.execute(select(Person.public_id).where(Person.id == person_id)).scalar_one())


def tell(person_id: int, kind: str, payload: dict[str, Any], *, now: datetime, due_at: datetime | None = None) -> None:
    """Write a message to the first address of a person, if there is one; it goes out at once, or when it is due."""
    emails = people.addresses(person_id)
    if emails:
        person = db.session.execute(select(Person.name, Person.language).where(Person.id == person_id)).one()
        payload = {**payload, "name": person.name or None}
        draft = messages.Draft(kind, person_id, emails[0].email, person.language, payload, due_at)
        messages.write(draft, now=now)


def tell_all(people_ids: Sequence[int], kind: str, payload: dict[str, Any], *, gap: timedelta, now: datetime) -> None:
    """Write the same message to the first address of each of many people, one due every `gap`.

    Sign-in codes must not wait behind them.
    """
    due_at = now
    for start in range(0, len(people_ids), AT_ONCE):
        for person in people.reached(people_ids[start : start + AT_ONCE]):
            own = {**payload, "name": person.name or None}
            messages.write(messages.Draft(kind, person.id, person.email, person.language, own, due_at), now=now)
            due_at += gap
