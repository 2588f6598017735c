"""Who was there: what all check-ins of a booking say together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, case, func, select

from app import clock
from app.bookings.models import Booking
from app.checkins.models import Checkin
from app.extensions import execute
from app.spaces import queries as spaces
from app.spaces.queries import Opening

# The best first. What counts is the earliest check-in; how it is shown is the best word on it.
EVIDENCE = ("display", "host_scan", "sign", "host_word", "own_word", "assumed")
# Whatever reaches the server so much later is shown as told afterwards.
LATE = timedelta(minutes=10)
AGAIN = {"duplicate", "double_use"}


@dataclass(frozen=True, slots=True)
class Presence:
    """That somebody was there for a booking.

    Without a check-out the stay ends when the space closes, as `assumed`; until then `left_at` is None.
    """

    checked_in_at: datetime
    evidence: str
    is_late: bool
    left_at: datetime | None
    left_evidence: str | None


def presences(booking_ids: Collection[int], *, now: datetime) -> dict[int, Presence]:
    """Return who came for which of these bookings, by booking id."""
    statement = (
        select(
            Checkin.booking_id,
            Checkin.kind,
            Checkin.reason,
            Checkin.evidence,
            Checkin.effective_at,
            Checkin.received_at,
            Booking.space_id,
            Booking.date,
            Booking.ends_at,
        )
        .join(Booking, Booking.id == Checkin.booking_id)
        .where(Checkin.booking_id.in_(booking_ids), Checkin.verdict != "rejected", Checkin.effective_at.is_not(None))
        .order_by(Checkin.effective_at, Checkin.event_id)
    )
    events = defaultdict(list)
    for row in execute(statement) if booking_ids else ():
        events[row.booking_id].append(row)
    found = {booking_id: _presence(rows, now) for booking_id, rows in events.items()}
    return {booking_id: presence for booking_id, presence in found.items() if presence}


def _presence(events: Sequence[Row[*tuple[Any, ...]]], now: datetime) -> Presence | None:
    said = [each for each in events if each.kind != "check_out"]
    winner = next((each for each in said if each.reason not in AGAIN), None)
    if winner is None:
        return None
    evidence = min((each.evidence for each in said), key=EVIDENCE.index)
    is_late = winner.received_at - winner.effective_at > LATE
    last = max((each.effective_at for each in events if each.kind == "check_out"), default=None)
    if last is not None:
        left = next(each for each in events if each.kind == "check_out" and each.effective_at == last)
        return Presence(winner.effective_at, evidence, is_late, last, left.evidence)
    closes_at = max(closing(winner.space_id, winner.date) or winner.ends_at, winner.effective_at)
    left_at, left_evidence = (closes_at, "assumed") if closes_at <= now else (None, None)
    return Presence(winner.effective_at, evidence, is_late, left_at, left_evidence)


def closing(space_id: int, day: date) -> datetime | None:
    """Return when a space closes on a day, or None when it does not open or is not public."""
    space = spaces.directory().by_id.get(space_id)
    opening = space.opening(day) if space else None
    if space is None or not isinstance(opening, Opening):
        return None
    return clock.moment_of(day, opening.closes, space.timezone)


def evidence_shares(first: date, last: date, *, space_ids: Collection[int] | None = None) -> dict[str, int]:
    """Count the bookings that somebody came to on these days, by the best evidence for each; of all spaces or of some.

    The numbers are exact: whoever shows them hides the small ones.
    """
    rank = func.min(case({name: number for number, name in enumerate(EVIDENCE)}, value=Checkin.evidence))
    best = (
        select(rank.label("rank"))
        .where(
            Checkin.local_date.between(first, last),
            Checkin.booking_id.is_not(None),
            Checkin.verdict != "rejected",
            Checkin.kind.in_(("check_in", "walk_in")),
        )
        .group_by(Checkin.booking_id)
    )
    if space_ids is not None:
        best = best.where(Checkin.space_id.in_(space_ids))
    ranks = best.subquery()
    rows = execute(select(ranks.c.rank, func.count()).group_by(ranks.c.rank))
    return {EVIDENCE[number]: count for number, count in rows}
