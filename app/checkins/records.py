"""An event on its way into the database and out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app import clock
from app.checkins import codes, signing, timing
from app.checkins.judging import Booked, Judgement, Scan
from app.checkins.schemas.batch import Event
from app.checkins.schemas.reading import Entry
from app.checkins.timing import Clocks

# A replaced sign is understood without a word for so long.
GRACE = timedelta(hours=24)
# Whatever arrives later than this is stored, but not counted.
JUDGED_FOR = timedelta(days=14)


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
    # Written once, never read here.
    device: UUID | None = None
    seq: int | None = None
    body: str | None = None
    sign_id: int | None = None
    is_signed: bool = False
    # Not of this table.
    id: int | None = None
    replaced_at: datetime | None = None
    booking_uuid: UUID | None = None

    @property
    def scan(self) -> Scan | None:
        """What is judged of it; None when it does not count, whatever else there is."""
        if self.verdict == "rejected" or self.space_id is None or self.local_date is None:
            return None
        if self.effective_at is None or self.received_at is None:
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


def record_of(
    entry: Entry, reading: codes.Reading, sign: KnownSign | None, device: KnownDevice | None, arrival: Arrival
) -> Record:
    """Make the row of an event that just arrived. Its verdict is final only when it is a refusal."""
    record = Record(
        event_id=entry.event_id,
        person_id=arrival.person_id,
        body_digest=entry.digest,
        verdict="rejected",
        reason="malformed",
        device=entry.device,
        seq=entry.seq,
        body=entry.body,
        sent_at=arrival.sent.at,
        received_at=arrival.received_at,
        is_unowned=arrival.is_unowned,
    )
    if entry.event is not None:
        when = _timing(entry.event, arrival)
        record.kind, record.claimed_booking = entry.event.kind, entry.event.booking
        record.captured_at, record.effective_at = entry.event.captured_at, when.effective_at
        record.reason = "foreign_code" if reading.verdict == "foreign" else "unknown_code"
        if sign is not None:
            _place(record, sign, when)
    if device is not None:
        _prove(record, entry, device)
    return record


def _prove(record: Record, entry: Entry, device: KnownDevice) -> None:
    """Look at the signature, and at whether the device was still its person's when it captured this."""
    if entry.event is not None and entry.signed is not None and device.public_key is not None:
        record.is_signed = signing.is_signed(entry.signed, entry.event.signature or "", device.public_key)
        record.doubt = None if record.is_signed else "bad_signature"
    if device.revoked_at is None:
        return
    record.doubt = record.doubt or "revoked_device"
    if record.verdict != "rejected" and record.effective_at is not None and record.effective_at > device.revoked_at:
        record.verdict, record.reason = "rejected", "revoked_device"


def _timing(event: Event, arrival: Arrival) -> timing.Timing:
    last = event.last_server_time
    contact = Clocks(last.at, last.boot, last.boot_ms) if last else None
    captured = Clocks(event.captured_at, event.boot, event.boot_ms)
    return timing.correct(captured, arrival.sent, contact, arrival.received_at)


def _place(record: Record, sign: KnownSign, when: timing.Timing) -> None:
    """Put it at a space and on a day there."""
    record.sign_id, record.space_id, record.replaced_at = sign.id, sign.space_id, sign.replaced_at
    record.local_date = clock.local_day(when.effective_at, sign.timezone)
    record.time_quality = when.quality(sign.timezone)
    record.evidence = "sign"
    is_late = record.received_at is not None and when.effective_at < record.received_at - JUDGED_FOR
    record.verdict, record.reason = ("rejected", "too_late") if is_late else ("accepted", None)
