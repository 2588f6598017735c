"""Decide by which way a message goes: by mail, to each phone of its person, both, or not at all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from app import transaction
from app.extensions import db, table
from app.messages.models import Message
from app.messages.queries import TOPIC_OF, is_open
from app.reminders import queries
from app.reminders.queries import Chosen

AT_ONCE = 200
COLUMNS = [column.name for column in table(Message).c]
# Where a message is not about a booking, and so about no place with a clock of its own.
TIMEZONE = "Europe/Berlin"


@transaction.write
def route(*, now: datetime) -> int:
    """Decide the ways of at most 200 messages that are due, as their people chose. Returns how many there were.

    One line becomes a mail, or a push to each phone, or both; who wants nothing of the topic gets nothing.
    """
    waiting = select(Message.id).where(is_open(now, None)).order_by(Message.due_at, Message.id).limit(AT_ONCE)
    rows = db.session.execute(
        update(Message)
        .where(Message.id.in_(waiting.correlate(None).scalar_subquery()), is_open(now, None))
        .values(way="mail")
        .returning(*table(Message).c)
        .execution_options(synchronize_session=False)
    ).all()
    chosen = queries.chosen({row.person_id for row in rows if row.person_id is not None})
    unwanted, pushes = [], []
    for row in rows:
        topic, person = TOPIC_OF.get(row.kind), chosen.get(row.person_id)
        if topic is None or person is None:  # written by a version that knew no ways
            continue
        by_mail, by_push = topic.ways(person.ways.get(topic.name), has_phone=bool(person.phones))
        if not by_mail:
            unwanted.append(row.id)
        if by_push:
            pushes += _pushes(row, person, now)
    if unwanted:
        db.session.execute(delete(Message).where(Message.id.in_(unwanted)))
    if pushes:
        db.session.execute(insert(Message), pushes)
    return len(rows)


def _pushes(row: Any, person: Chosen, now: datetime) -> list[dict[str, Any]]:
    """Return a line for each phone, held back while they shall be silent; nothing if it is of no use after that."""
    due_at = person.loud_at(now, TIMEZONE)
    if row.expires_at is not None and row.expires_at <= due_at:
        return []
    same = dict(zip(COLUMNS, row, strict=True))
    del same["id"]
    return [{**same, "way": "push", "subscription_id": phone, "due_at": due_at} for phone in person.phones]
