"""What a phone says about itself, and what never arrived from it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import islice, pairwise
from typing import Any

from sqlalchemy import BindParameter, Integer, String, Uuid, bindparam, case, func, select
from sqlalchemy import cast as written
from sqlalchemy.dialects import postgresql, sqlite

from app.checkins.models import Checkin, Device
from app.checkins.records import Arrival, HostArrival
from app.extensions import Moment, db, table
from app.statements import Prepared

# So many missing numbers are told at once, found among so many of the latest.
TOLD, SEEN = 100, 1000


def see_device(arrival: Arrival | HostArrival) -> list[int]:
    """Keep what a phone says about itself. Returns which of its numbers never arrived, the latest hundred at most."""
    seen = {
        "device": arrival.device,
        "person_id": arrival.person_id,
        "at": arrival.received_at,
        "pending": arrival.pending,
    }
    numbers, forgotten = _see_device(db.engine.dialect.name).row(seen)
    return _missing([int(number) for number in numbers.split(",")], forgotten) if numbers else []


def _missing(numbers: Sequence[int], forgotten: int) -> list[int]:
    latest = sorted(numbers, reverse=True)
    if len(latest) < SEEN:
        latest.append(forgotten)
    gaps = (number for later, earlier in pairwise(latest) for number in range(later - 1, earlier, -1))
    return sorted(islice(gaps, TOLD))


@cache
def _see_device(dialect: str) -> Prepared:
    """Build the one statement that makes or updates the device; its numbers come back only when some are missing."""
    kind = postgresql if dialect == "postgresql" else sqlite
    seq = table(Checkin).c.seq
    device = bindparam("device", type_=Uuid())
    is_its_own = table(Checkin).c.device == device
    values: dict[str, BindParameter[Any]] = {
        "person_id": bindparam("person_id", type_=Integer()),
        "pending": bindparam("pending", type_=Integer()),
        "seen_at": bindparam("at", type_=Moment()),
    }
    gaps = select(func.coalesce(func.max(seq), 0) - func.count(seq.distinct())).where(is_its_own).scalar_subquery()
    latest = select(seq).where(is_its_own, seq.is_not(None)).distinct().order_by(seq.desc()).limit(SEEN).subquery()
    numbers = select(func.aggregate_strings(written(latest.c.seq, String), ",")).scalar_subquery()
    forgotten = Device.forgotten_seq
    return Prepared(
        kind.insert(table(Device))
        .values(uuid=device, made_at=values["seen_at"], forgotten_seq=0, **values)
        .on_conflict_do_update(index_elements=["uuid"], set_=values)
        .returning(case((gaps > forgotten, numbers)), forgotten)
    )
