"""Check-ins that phones had and that never came: told by the phone itself, or known by a gap in its numbers."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import bindparam, exists, literal, select, tuple_, union_all

from app.checkins.models import Announced, Checkin, Device
from app.checkins.queries.witness import Told
from app.checkins.records import JUDGED_FOR
from app.extensions import db, table
from app.statements import Prepared

_checkins = table(Checkin).c
_announced = table(Announced).c
_devices = table(Device).c


@dataclass(frozen=True, slots=True)
class Missing:
    """A check-in that never came. `day` is when it was made, or at the latest."""

    device: uuid.UUID
    seq: int
    day: date


_KNOWN = Prepared(
    union_all(
        select(_announced.device, _announced.seq, _announced.day, literal(0).label("came")).where(
            _announced.person_id == bindparam("person_id"),
            _announced.day >= bindparam("since"),
            ~exists().where(_checkins.device == _announced.device, _checkins.seq == _announced.seq),
        ),
        select(_checkins.device, _checkins.seq, _checkins.local_date, literal(1)).where(
            _checkins.person_id == bindparam("person_id"),
            _checkins.local_date >= bindparam("since"),
            _checkins.seq.is_not(None),
            # A host's device has the numbers of many people.
            exists().where(_devices.uuid == _checkins.device, _devices.person_id == bindparam("person_id")),
        ),
    )
)


def missing_checkins(person_id: int, *, now: datetime) -> list[Missing]:
    """Return the check-ins of the days that are still judged that a person's phones had and that never came."""
    known = _KNOWN.rows({"person_id": person_id, "since": (now - JUDGED_FOR).date()})
    told = {(row.device, row.seq): Missing(row.device, row.seq, row.day) for row in known if not row.came}
    came = sorted((row.device, row.seq, row.day) for row in known if row.came)
    gaps = {(each.device, each.seq): each for each in _gaps(came)}
    gaps = {key: each for key, each in gaps.items() if key not in _stored(gaps)} if gaps else {}
    return sorted({**gaps, **told}.values(), key=lambda each: (each.day, each.device, each.seq))


def _gaps(came: Sequence[tuple[uuid.UUID, int, date]]) -> Iterable[Missing]:
    """Yield the numbers between those that came from one phone; the next one that came tells the latest day."""
    for (device, earlier, _), (other, later, day) in pairwise(came):
        if device == other:
            yield from (Missing(device, seq, day) for seq in range(max(earlier + 1, later - 100), later))


def unheard(told: Sequence[Told]) -> list[Told]:
    """Return what of this is neither stored nor known to be missing."""
    keys = {(each.device, each.seq): each for each in told}
    if not keys:
        return []
    pairs = db.session.execute(
        select(Announced.device, Announced.seq).where(tuple_(Announced.device, Announced.seq).in_(list(keys)))
    )
    known = {tuple(row) for row in pairs} | _stored(keys)
    return [each for key, each in keys.items() if key not in known]


def _stored(keys: Iterable[tuple[uuid.UUID, int]]) -> set[tuple[uuid.UUID, int]]:
    pairs = db.session.execute(
        select(Checkin.device, Checkin.seq).where(tuple_(Checkin.device, Checkin.seq).in_(list(keys)))
    )
    return {(row.device, row.seq) for row in pairs}
