"""What still arrives from the phone of an erased person."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import insert

from app import clock, transaction
from app.checkins import codes, queries
from app.checkins.models import Checkin, GoneEvent
from app.checkins.records import JUDGED_FOR, Arrival, KnownSign
from app.checkins.schemas.reading import Entry
from app.extensions import db


@transaction.write
def count_gone(*, arrival: Arrival, entries: Sequence[Entry]) -> None:
    """Count each scan of a known sign once, as a place and a day without a person; its text is kept nowhere."""
    known = queries.gone({each.event_id for each in entries})
    fresh = {each.event_id: each for each in entries if each.event_id not in known}
    readings = {name: codes.read(each.event.code, arrival.origin) for name, each in fresh.items() if each.event}
    signs = queries.known_signs(readings.values())
    day = clock.local_day(arrival.received_at, "Europe/Berlin")
    for name, entry in fresh.items():
        db.session.execute(insert(GoneEvent).values(digest=queries.gone_digest(name), made_on=day))
        sign = signs.get(readings[name].code) if name in readings else None
        if sign is not None and entry.event is not None and entry.event.kind == "check_in":
            _count(entry, sign, arrival)


def _count(entry: Entry, sign: KnownSign, arrival: Arrival) -> None:
    """Keep what `forget` leaves of a check-in that had arrived in time; who scanned too long ago counts no more."""
    at = min(entry.event.captured_at, arrival.received_at) if entry.event else arrival.received_at
    if at < arrival.received_at - JUDGED_FOR:
        return
    day = clock.local_day(at, sign.timezone)
    row = {"event_id": uuid.uuid4(), "kind": "check_in", "body_digest": "", "evidence": "sign", "verdict": "accepted"}
    place = {"space_id": sign.space_id, "sign_id": sign.id, "local_date": day}
    received_at = clock.moment_of(clock.local_day(arrival.received_at, sign.timezone), 0, sign.timezone)
    db.session.execute(insert(Checkin).values(**row, **place, received_at=received_at))
