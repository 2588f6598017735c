"""What an erasure does to check-ins."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from app import clock
from app.checkins import queries
from app.checkins.models import Announced, Checkin, Device, GoneEvent
from app.extensions import db, execute, table

_EMPTIED = ("person_id", "device", "seq", "body", "claimed_booking", "captured_at", "sent_at", "effective_at")
_CHECKINS = table(Checkin)
_EMPTY = (
    update(_CHECKINS)
    .where(_CHECKINS.c.id == bindparam("of_id"))
    .values(
        event_id=bindparam("new_name"), body_digest="", is_signed=False, duplicate_of=None, **dict.fromkeys(_EMPTIED)
    )
)


def forget(person_id: int, *, now: datetime) -> None:
    """Take the person out of their check-ins, drop their phones and stop what they set up for spaces.

    What stays is that somebody was at a space on a day. The ids of events and phones stay for a while as digests of
    which nobody can tell whose they were: a phone that sends one more is told that it is gone, and brings nothing back.
    """
    mine = select(Checkin.id, Checkin.event_id).where(Checkin.person_id == person_id)
    rows = db.session.execute(mine).all()
    phones = db.session.scalars(select(Device.uuid).where(Device.person_id == person_id)).all()
    names = {*(row.event_id for row in rows), *phones}
    unknown = sorted({queries.gone_digest(name) for name in names - queries.gone(names)})
    if unknown:
        day = clock.local_day(now, "Europe/Berlin")
        execute(insert(table(GoneEvent)), [{"digest": digest, "made_on": day} for digest in unknown])
    if rows:
        execute(_EMPTY, [{"of_id": row.id, "new_name": uuid.uuid4()} for row in rows])
    db.session.execute(delete(Announced).where(Announced.person_id == person_id))
    db.session.execute(delete(Device).where(Device.person_id == person_id))
    made = update(Device).where(Device.maker_id == person_id)
    db.session.execute(made.where(Device.revoked_at.is_(None)).values(revoked_at=now))
    db.session.execute(made.values(maker_id=None, token_digest=None))
