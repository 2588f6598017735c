"""An event on its way into the database and out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.checkins import timing
from app.checkins.scans import Booked, Judgement, Scan
from app.checkins.timing import Clocks

# A replaced sign is understood without a word for so long.
GRACE = timedelta(hours=24)
# Whatever arrives later than this is stored, but not counted.
JUDGED_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Place:
    """A space, as far as a check-in needs it."""

    space_id: int
    slug: str
    name: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who sent a batch, from which phone, by which clocks, and when it was received."""

    person_id: int
    device: UUID
    sent: Clocks
    pending: int
    is_unowned: bool
    origin: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class HostArrival:
    """The same of a device that records for a space. `actor_id`: the host who is signed in on it, if anybody is."""

    place: Place
    actor_id: int | None
    device: UUID
    sent: Clocks
    pending: int
    origin: str
    received_at: datetime
    person_id: None = None
    is_unowned: bool = False


@dataclass(frozen=True, slots=True)
class NamedBooking:
    """A booking that a pass or somebody's word names, and its space."""

    uuid: UUID
    person_id: int | None
    starts_at: datetime
    ends_at: datetime
    made_at: datetime
    place: Place


@dataclass(frozen=True, slots=True)
class KnownSign:
    """A sign that somebody scanned, and its space."""

    id: int
    space_id: int
    code: str
    short_code: str
    replaced_at: datetime | None
    slug: str
    name: str
    timezone: str

    @property
    def place(self) -> Place:
        return Place(self.space_id, self.slug, self.name, self.timezone)


@dataclass(frozen=True, slots=True)
class KnownDisplay:
    """A display that somebody scanned, and its space."""

    id: int
    key: bytes
    offset_seconds: int
    revoked_at: datetime | None
    place: Place


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """Whose an installation is and by what it is recognised."""

    uuid: UUID
    person_id: int | None
    space_id: int | None
    public_key: bytes | None
    revoked_at: datetime | None

    def is_closed_to(self, person_id: int) -> bool:
        """Whether events of this installation are somebody else's whoever sends them; without a key nobody can tell."""
        return self.space_id is not None or (self.public_key is not None and self.person_id != person_id)


@dataclass(slots=True)
class Record:
    """A check-in. What is known of one that is read back is only what judging and answering need."""

    event_id: UUID
    person_id: int | None
    body_digest: str
    verdict: str
    reason: str | None = None
    kind: str | None = None
    space_id: int | None = None
    claimed_booking: UUID | None = None
    captured_at: datetime | None = None
    sent_at: datetime | None = None
    effective_at: datetime | None = None
    local_date: date | None = None
    time_quality: str | None = None
    evidence: str | None = None
    booking_id: int | None = None
    duplicate_of: UUID | None = None
    is_unowned: bool = False
    doubt: str | None = None
    received_at: datetime | None = None
    device: UUID | None = None
    undoes: UUID | None = None
    # Written once, never read here.
    seq: int | None = None
    body: str | None = None
    sign_id: int | None = None
    is_signed: bool = False
    actor_id: int | None = None
    display_id: int | None = None
    # Not of this table.
    id: int | None = None
    replaced_at: datetime | None = None
    booking_uuid: UUID | None = None

    @property
    def scan(self) -> Scan | None:
        """What is judged of it; None when it does not count, whatever else there is."""
        if self.verdict == "rejected" or self.kind == "undo" or self.reason == "undone":
            return None
        if self.space_id is None or self.local_date is None or self.effective_at is None or self.received_at is None:
            return None
        return Scan(
            event_id=self.event_id,
            kind=self.kind or "check_in",
            space_id=self.space_id,
            local_date=self.local_date,
            effective_at=self.effective_at,
            received_at=self.received_at,
            claimed_booking=self.claimed_booking,
            is_old_sign=self.replaced_at is not None and self.effective_at > self.replaced_at + GRACE,
            is_unowned=self.is_unowned,
            doubt=self.doubt,
            is_exact=self.time_quality == "exact",
            evidence=self.evidence or "sign",
            device=self.device,
            is_future=self._is_future,
        )

    @property
    def _is_future(self) -> bool:
        """Whether it was scanned, by the phone's own clock, after it was sent."""
        if self.captured_at is None or self.sent_at is None:
            return False
        return self.captured_at > self.sent_at + timing.TOLERANCE

    def take(self, judgement: Judgement, bookings: Mapping[int, Booked]) -> bool:
        """Take over what was judged. Returns whether that is new."""
        before = (self.verdict, self.reason, self.booking_id, self.duplicate_of)
        self.verdict, self.reason = judgement.verdict, judgement.reason
        self.booking_id, self.duplicate_of = judgement.booking_id, judgement.duplicate_of
        self.booking_uuid = bookings[self.booking_id].uuid if self.booking_id else None
        return before != (self.verdict, self.reason, self.booking_id, self.duplicate_of)
