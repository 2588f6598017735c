"""Decide what is due for the bookings that start soon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite

from app import transaction
from app.extensions import db
from app.messages import steps as messages
from app.people import queries as people
from app.reminders.models import LATE, TOLD, Reminder
from app.reminders.queries import Due


@dataclass(frozen=True)
class Reminded:
    """How many reminders were written, and how many came too late to be of use."""

    told: int
    late: int


@transaction.write
def remind(*, found: Sequence[Due], now: datetime) -> Reminded:
    """Decide these reminders and write a message for each that is of use. What another worker decided stays decided."""
    rows = [{"booking_id": each.booking_id, "kind": each.kind, "fate": each.fate, "at": now} for each in found]
    statement = _insert().values(rows).on_conflict_do_nothing().returning(Reminder.booking_id)
    fresh = set(db.session.scalars(statement)) if rows else set()
    mine = [each for each in found if each.booking_id in fresh]
    told = [each for each in mine if each.fate == TOLD]
    reached = {each.id: each for each in people.reached({each.person_id for each in told})}
    for each in told:
        if person := reached.get(each.person_id):
            payload = {"name": person.name or None}
            draft = messages.Draft(each.kind, person.id, person.email, person.language, payload)
            about = replace(draft, booking_id=each.booking_id, expires_at=each.expires_at)
            messages.write(about, now=now)
    return Reminded(len(told), sum(each.fate == LATE for each in mine))


def _insert() -> Any:
    make: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    made: Insert = make(Reminder)
    return made
