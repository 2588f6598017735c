"""What a person did of late, as their phone shows it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, case, func, select

from app.bookings.models import Booking
from app.checkins import sentences
from app.checkins.models import WORDS, Checkin
from app.checkins.records import JUDGED_FOR
from app.extensions import db, table
from app.spaces.models import Space
from app.statements import Prepared

# A day has a check-in or two; who sends hundreds need not carry them all around.
MOST = 100

_checkins = table(Checkin).c
_spaces = table(Space).c
_bookings = table(Booking).c


@dataclass(frozen=True, slots=True)
class CheckinFacts:
    """A check-in and what the server makes of it by now."""

    event_id: UUID
    kind: str | None
    captured_at: datetime | None
    effective_at: datetime | None
    verdict: str
    reason: str | None
    booking: UUID | None
    space: str | None
    space_name: str | None
    timezone: str | None

    @property
    def counts(self) -> bool:
        """Whether it is the check-in of its booking."""
        return self.kind == "check_in" and self.booking is not None

    @property
    def text(self) -> str:
        """The verdict in a sentence, in the present language."""
        place = (self.space_name, self.timezone) if self.space_name and self.timezone else None
        return sentences.sentence(self.kind, self.reason, place, self.effective_at)


_is_own = _checkins.person_id == bindparam("person_id")
_RECENT = Prepared(
    select(
        _checkins.event_id,
        _checkins.kind,
        _checkins.captured_at,
        _checkins.effective_at,
        _checkins.verdict,
        _checkins.reason,
        _bookings.uuid,
        _spaces.slug,
        _spaces.name,
        _spaces.timezone,
    )
    .join_from(table(Checkin), table(Space), _spaces.id == _checkins.space_id, isouter=True)
    .join(table(Booking), _bookings.id == _checkins.booking_id, isouter=True)
    .where(
        # The person stands in both branches, so that each is one range of the index and older rows are not read.
        (_is_own & (_checkins.local_date >= bindparam("day")))
        | (_is_own & _checkins.local_date.is_(None) & (_checkins.received_at > bindparam("since"))),
        _checkins.reason.is_(None) | (_checkins.reason != "duplicate"),
    )
    .order_by(_checkins.received_at.desc(), _checkins.id.desc())
    .limit(MOST)
)


def recent_checkins(person_id: int, *, now: datetime) -> list[CheckinFacts]:
    """Return the check-ins of the days that are still judged, without duplicates, the latest arrivals first."""
    since = now - JUDGED_FOR
    asked = {"person_id": person_id, "since": since, "day": since.date() - timedelta(days=1)}
    return [CheckinFacts(*row) for row in _RECENT.rows(asked)]


def arrivals(booking_ids: Collection[int]) -> dict[int, datetime | None]:
    """Return for which of these bookings, by id, somebody came, and when; a mere word tells no time.

    After 14 days only the day is true.
    """
    told = case((Checkin.evidence.not_in(WORDS), Checkin.effective_at))
    statement = select(Checkin.booking_id, func.min(told)).where(
        Checkin.booking_id.in_(booking_ids), Checkin.verdict != "rejected", Checkin.kind == "check_in"
    )
    rows = db.session.execute(statement.group_by(Checkin.booking_id))
    return {booking_id: at for booking_id, at in rows if booking_id is not None}


def present(booking_ids: Collection[int]) -> set[int]:
    """Return which of these bookings, by id, somebody has checked in for, with whatever evidence."""
    statement = select(Checkin.booking_id).where(
        Checkin.booking_id.in_(booking_ids), Checkin.verdict != "rejected", Checkin.kind.in_(("check_in", "walk_in"))
    )
    return {booking_id for booking_id in db.session.scalars(statement) if booking_id is not None}
