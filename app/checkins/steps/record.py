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
from app.checkins.scans import Judgement
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
    "actor_id",
    "display_id",
    "undoes",
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


def take_back(fresh: Sequence[Record], known: Iterable[Record]) -> list[Record]:
    """Let undoes take effect on the events they name, whichever came first. Returns those of `known` that changed.

    An undo counts for an event of the same space and day, once both are there.
    """
    everything = {record.event_id: record for record in (*fresh, *known)}
    changed = []
    for undo in [record for record in everything.values() if record.kind == "undo" and record.verdict != "rejected"]:
        event = everything.get(undo.undoes) if undo.undoes else None
        if event is None and undo.id:
            continue  # what it names was not asked for
        reason = _refusal(undo, event)
        verdict = "rejected" if reason == "malformed" else "flagged" if reason else "accepted"
        changed += _settle(undo, verdict, reason)
        if event is not None and reason is None:
            changed += _settle(event, "flagged", "undone")
    return changed


def _refusal(undo: Record, event: Record | None) -> str | None:
    if event is None:
        return "unknown_code"
    if event.kind == "undo" or event.verdict == "rejected":
        return "malformed"
    if event.space_id != undo.space_id:
        return "wrong_space"
    return None if event.local_date == undo.local_date else "too_late"


def _settle(record: Record, verdict: str, reason: str | None) -> list[Record]:
    is_new = record.take(Judgement(verdict, reason), {})
    return [record] if is_new and record.id else []


def judge_days(
    person_id: int | None, fresh: Sequence[Record], stored: Sequence[Record], undone: Iterable[Record] = ()
) -> list[Record]:
    """Judge the days of `fresh` and of what was `undone` anew and return which of `stored`, their context, changed."""
    touched = {record.local_date for record in fresh if record.scan and record.local_date}
    touched |= {record.local_date for record in undone if record.local_date}
    if not touched:
        return []
    scans = {record.event_id: scan for record in (*fresh, *stored) if (scan := record.scan)}
    claimed = {record.claimed_booking for record in (*fresh, *stored) if record.claimed_booking}
    bookings = {each.id: each for each in queries.bookings_around(person_id, touched, claimed)}
    points = queries.points({scan.space_id for scan in scans.values()})
    judgements = judge(scans.values(), bookings.values(), points)
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
