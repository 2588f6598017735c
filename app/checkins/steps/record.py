"""Putting events into the database, and judging the days that they touch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import bindparam, insert, update

from app.checkins import queries
from app.checkins.judging import judge
from app.checkins.models import Checkin
from app.checkins.queries import Context
from app.checkins.records import Record
from app.extensions import table
from app.statements import Prepared

_DAY = timedelta(days=1)
_CHECKINS = table(Checkin)
_STORED = (
    "event_id",
    "person_id",
    "device",
    "seq",
    "kind",
    "body",
    "body_digest",
    "space_id",
    "sign_id",
    "claimed_booking",
    "captured_at",
    "sent_at",
    "received_at",
    "effective_at",
    "local_date",
    "time_quality",
    "evidence",
    "verdict",
    "reason",
    "booking_id",
    "duplicate_of",
    "is_unowned",
    "is_signed",
    "doubt",
)
_STORE = Prepared(insert(_CHECKINS))
_REJUDGE = Prepared(
    update(_CHECKINS)
    .where(_CHECKINS.c.id == bindparam("of_id"))
    .values({name: bindparam(f"new_{name}") for name in ("verdict", "reason", "booking_id", "duplicate_of")})
)


def context(arrived: Iterable[Record]) -> Context:
    """Say what is needed to judge these events: a stay over midnight is one stay, so neighbouring days count."""
    scans = [scan for record in arrived if (scan := record.scan)]
    days = {scan.local_date + number * _DAY for scan in scans for number in (-1, 0, 1)}
    return Context(frozenset(days), min((scan.effective_at for scan in scans), default=None))


def judge_days(person_id: int, fresh: Sequence[Record], stored: Sequence[Record]) -> list[Record]:
    """Judge the days of `fresh` anew and return which of `stored`, all events of their context, changed."""
    touched = {record.local_date for record in fresh if record.scan and record.local_date}
    if not touched:
        return []
    scans = {record.event_id: scan for record in (*fresh, *stored) if (scan := record.scan)}
    claimed = {record.claimed_booking for record in (*fresh, *stored) if record.claimed_booking}
    bookings = {each.id: each for each in queries.bookings_around(person_id, touched, claimed)}
    judgements = judge(scans.values(), bookings.values())
    # What happened on a day can end a stay on the next one, but changes nothing before it.
    changing = touched | {day + _DAY for day in touched}
    changed = []
    for record in (*fresh, *stored):
        judgement = judgements.get(record.event_id)
        if judgement and record.local_date in changing and record.take(judgement, bookings) and record.id:
            changed.append(record)
    return changed


def store(fresh: Sequence[Record], changed: Sequence[Record]) -> None:
    """Write new events, and the verdicts of earlier ones that they changed."""
    if fresh:
        _STORE.run_each([{name: getattr(each, name) for name in _STORED} for each in fresh])
    if changed:
        verdicts = [
            {
                "of_id": each.id,
                "new_verdict": each.verdict,
                "new_reason": each.reason,
                "new_booking_id": each.booking_id,
                "new_duplicate_of": each.duplicate_of,
            }
            for each in changed
        ]
        _REJUDGE.run_each(verdicts)
