"""What is judged: the scans of a person, and their bookings as they were; and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.checkins.timing import TOLERANCE


@dataclass(frozen=True, slots=True)
class Scan:
    """A recorded event, reduced to what is judged."""

    event_id: UUID
    kind: str
    space_id: int
    local_date: date
    effective_at: datetime
    received_at: datetime
    claimed_booking: UUID | None = None
    is_old_sign: bool = False
    is_unowned: bool = False
    doubt: str | None = None
    is_future: bool = False
    is_exact: bool = True  # whether its time is known to TOLERANCE
    evidence: str = "sign"
    device: UUID | None = None

    @property
    def order(self) -> tuple[datetime, UUID]:
        return self.effective_at, self.event_id


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking of the person, with its history."""

    id: int
    uuid: UUID
    space_id: int
    date: date
    starts_at: datetime
    ends_at: datetime
    made_at: datetime
    ended_at: datetime | None
    ended_reason: str | None = None
    # When others held its seat after it was released: from, until.
    taken: tuple[tuple[datetime, datetime | None], ...] = ()

    def is_taken_at(self, moment: datetime) -> bool:
        return any(first <= moment and (last is None or moment < last) for first, last in self.taken)

    def holds_for(self, scan: Scan) -> bool:
        """Whether the booking was there at the scan. Somebody who books at the door may have a clock that is slow.

        A booking made after the scan had arrived never counts for it: what was said stays true until a scan comes.
        """
        latest = max(scan.effective_at, min(scan.effective_at + TOLERANCE, scan.received_at))
        return self.made_at <= latest and (self.ended_at is None or self.ended_at > scan.effective_at)

    def is_foretold_by(self, scan: Scan) -> bool:
        """Whether the scan names a booking that nobody had made yet. One that came after its receipt says nothing."""
        return scan.is_exact and scan.effective_at + TOLERANCE < self.made_at <= scan.received_at

    def is_closed_before(self, scan: Scan) -> bool:
        """Whether the booking had ended by then because the space closed; one that was made later says nothing."""
        return self.ended_reason == "closed" and self.ended_at is not None and self.ended_at <= scan.effective_at


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a scan; `duplicate_of` names the event that counts instead."""

    verdict: str
    reason: str | None = None
    booking_id: int | None = None
    duplicate_of: UUID | None = None
