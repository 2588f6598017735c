"""What somebody wants to be told, and how."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert

from app import transaction
from app.extensions import db
from app.messages.queries import TOPICS, Way
from app.people import steps as people
from app.reminders import queries
from app.reminders.models import Choice, QuietHours


@transaction.write
def choose(*, person_id: int, ways: Mapping[str, Way], quiet: tuple[int, int]) -> None:
    """Keep what a person chose, and nothing for the topics that are not named: better defaults reach them too."""
    people.lock(person_id)
    db.session.execute(delete(Choice).where(Choice.person_id == person_id))
    rows = [{"person_id": person_id, "topic": name, "way": way} for name, way in ways.items()]
    if rows:
        db.session.execute(insert(Choice), rows)
    db.session.execute(delete(QuietHours).where(QuietHours.person_id == person_id))
    if quiet != queries.QUIET:
        begins, ends = quiet
        db.session.execute(insert(QuietHours).values(person_id=person_id, begins=begins, ends=ends))


@transaction.write
def leave(*, person_id: int, topic: str) -> None:
    """End the mails of a topic; phones that show it go on. Refuses: `NotFound` when the person is gone."""
    people.lock(person_id)
    chosen = queries.chosen([person_id])[person_id]
    _, by_push = TOPICS[topic].ways(chosen.ways.get(topic), has_phone=bool(chosen.phones))
    db.session.execute(delete(Choice).where(Choice.person_id == person_id, Choice.topic == topic))
    way = "push" if by_push else "none"
    db.session.execute(insert(Choice).values(person_id=person_id, topic=topic, way=way))
