"""Letting go of a person: what they offered and what they found broken."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from app.extensions import db
from app.spaces.models import Application, Defect


def forget(person_id: int, *, now: datetime) -> None:
    """Take a person out of applications and defects; what still waited for an answer counts as declined.

    That a socket is broken stays true; a picture of it may show more than the socket, so it goes.
    """
    mine = Application.person_id == person_id
    waits = Application.state.in_(["sent", "asked"])
    for statement in (
        update(Application).where(mine, waits).values(state="declined", decided_at=now),
        update(Application).where(mine).values(person_id=None, note=None, question=None),
        update(Defect).where(Defect.person_id == person_id).values(person_id=None, photo=None),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
