"""Keep which check-ins a phone says it has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app import transaction
from app.checkins import queries
from app.checkins.models import Announced
from app.checkins.queries.witness import Told
from app.extensions import db
from app.people import steps as people


@transaction.write
def announce(*, person_id: int, told: Sequence[Told], now: datetime) -> None:
    """Keep what is new of `told`, so that each of these check-ins is missed until it comes. Refuses: `NotFound`."""
    people.lock(person_id)
    db.session.add_all(
        Announced(device=each.device, seq=each.seq, person_id=person_id, day=each.day, announced_at=now)
        for each in queries.unheard(told)
    )
