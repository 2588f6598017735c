"""Make the address of a calendar, end it, and note that it was read."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from sqlalchemy import insert, or_, update

from app import transaction
from app.audit import steps as audit
from app.extensions import db
from app.people import steps as people
from app.people.steps import LockedPerson
from app.reminders import queries, steps
from app.reminders.models import Feed


@transaction.write
def make_feed(*, person_id: int, secret: str, now: datetime) -> bool:
    """Give a person an address for calendar programs. One from before ends at once; returns whether there was one.

    Refuses: `NotFound`.
    """
    person = people.lock(person_id)
    has_replaced = steps.end_feed(person_id)
    salt = secrets.token_bytes(32)
    digest = queries.token_digest(queries.token_of(person_id, salt, secret))
    db.session.execute(insert(Feed).values(person_id=person_id, salt=salt, digest=digest, made_at=now))
    _record(person, "make_feed", now)
    return has_replaced


@transaction.write
def end_feed(*, person_id: int, now: datetime) -> None:
    """End the address of a person's calendar. One that has ended before is fine too. Refuses: `NotFound`."""
    person = people.lock(person_id)
    if steps.end_feed(person_id):
        _record(person, "end_feed", now)


@transaction.write
def note_reading(*, digest: str, today: date) -> None:
    """Keep the day on which a calendar was read: its person sees by it whether a program does."""
    is_news = or_(Feed.read_on.is_(None), Feed.read_on < today)
    db.session.execute(
        update(Feed)
        .where(Feed.digest == digest, is_news)
        .values(read_on=today)
        .execution_options(synchronize_session=False)
    )


def _record(person: LockedPerson, action: str, now: datetime) -> None:
    audit.record(actor=person.public_id, action=action, subject=("person", person.public_id), detail={}, now=now)
