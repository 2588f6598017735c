"""Making the row of an event that just arrived: by a person's phone, or by a device of hosts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app import clock
from app.checkins import codes, passes, signing, timing, windows
from app.checkins.records import (
    JUDGED_FOR,
    Arrival,
    HostArrival,
    KnownDevice,
    KnownDisplay,
    KnownSign,
    NamedBooking,
    Place,
    Record,
)
from app.checkins.schemas.batch import Event
from app.checkins.schemas.reading import Entry
from app.checkins.timing import Clocks

# What stands as the code of an event that nobody scanned: somebody gives the word for it.
WORD = "word"


def record_of(
    entry: Entry, found: KnownSign | KnownDisplay | NamedBooking | None, device: KnownDevice | None, arrival: Arrival
) -> Record:
    """Make the row of a phone's event; `found` is what was scanned, or the booking that the person gives the word for.

    Its verdict is final only when it is a refusal.
    """
    record = _blank(entry, arrival)
    if entry.event is not None and entry.event.kind in {"check_in", "check_out"}:
        when = _timing(entry.event, arrival)
        _describe(record, entry.event, when)
        is_foreign = codes.read(entry.event.code, arrival.origin).verdict == "foreign"
        record.reason = "foreign_code" if is_foreign else "unknown_code"
        if isinstance(found, NamedBooking):
            if found.person_id == arrival.person_id:
                _give_word(record, found, "own_word", when)
        elif isinstance(found, KnownDisplay):
            _look_at_window(record, entry.event, found, when)
        elif found is not None:
            record.sign_id, record.replaced_at, record.evidence = found.id, found.replaced_at, "sign"
            _place(record, found.place, when)
    if device is not None:
        _prove(record, entry, device)
    return record


@dataclass(frozen=True)
class Known:
    """What hosts' events refer to: bookings by uuid and by the 8 bytes that passes name, and the keys of passes."""

    by_uuid: Mapping[UUID, NamedBooking]
    by_pass: Mapping[bytes, NamedBooking]
    keys: Mapping[int, tuple[bytes, datetime | None]]

    def live_keys(self, at: datetime) -> dict[int, bytes]:
        """Return the keys whose passes were good at a moment."""
        return {kid: key for kid, (key, retired_at) in self.keys.items() if retired_at is None or at <= retired_at}


def host_record_of(entry: Entry, known: Known, device: KnownDevice | None, arrival: HostArrival) -> Record:
    """Make the row of a host's event. The person is the booking's; what names no booking has none."""
    record = _blank(entry, arrival)
    record.actor_id = arrival.actor_id
    event = entry.event
    if event is not None:
        when = _timing(event, arrival)
        _describe(record, event, when)
        if event.kind == "undo":
            _take_back(record, event, arrival, when)
        elif event.kind == "walk_in":
            _walk_in(record, event, arrival, when)
        elif event.code == WORD:
            _hosts_word(record, event, known, arrival, when)
        else:
            _scan_pass(record, event, known, arrival, when)
    if device is not None:
        _prove(record, entry, device)
    return record


def _look_at_window(record: Record, event: Event, display: KnownDisplay, when: timing.Timing) -> None:
    """Whoever scanned the right code at that time was there; any other code of a display is worth a posted sign."""
    record.display_id = display.id
    shown = windows.mark_in(event.code)
    by_its_clock = when.effective_at + timedelta(seconds=display.offset_seconds)
    is_live = display.revoked_at is None or when.effective_at <= display.revoked_at
    is_right = shown is not None and is_live and windows.is_right(display.key, shown, by_its_clock)
    record.evidence, record.doubt = ("display", None) if is_right else ("sign", "wrong_window")
    _place(record, display.place, when)


def _blank(entry: Entry, arrival: Arrival | HostArrival) -> Record:
    return Record(
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


def _describe(record: Record, event: Event, when: timing.Timing) -> None:
    record.kind, record.claimed_booking = event.kind, event.booking
    record.captured_at, record.effective_at = event.captured_at, when.effective_at


def _take_back(record: Record, event: Event, arrival: HostArrival, when: timing.Timing) -> None:
    record.claimed_booking = None
    if event.undoes is not None:
        record.undoes, record.evidence = event.undoes, "host_word"
        _place(record, arrival.place, when)


def _walk_in(record: Record, event: Event, arrival: HostArrival, when: timing.Timing) -> None:
    if event.code == WORD and event.booking is not None and event.seat is not None and (event.label or "").strip():
        record.evidence = "host_word"
        _place(record, arrival.place, when)


def _hosts_word(record: Record, event: Event, known: Known, arrival: HostArrival, when: timing.Timing) -> None:
    """A host speaks for the own space only; a booking that is not known yet may be a walk-in that comes later."""
    named = known.by_uuid.get(event.booking) if event.booking else None
    if event.booking is None:
        return
    if named is not None and named.place.space_id == arrival.place.space_id:
        record.person_id = named.person_id
        _give_word(record, named, "host_word", when)
        return
    if named is not None:
        record.claimed_booking = None
    record.evidence = "host_word"
    _place(record, arrival.place, when)


def _scan_pass(record: Record, event: Event, known: Known, arrival: HostArrival, when: timing.Timing) -> None:
    reading = passes.check(event.code, arrival.origin, known.live_keys(when.effective_at))
    record.claimed_booking = None
    if reading.content is None or reading.verdict != "valid":
        refusals = {"foreign": "foreign_code", "unknown_key": "bad_signature", "bad_signature": "bad_signature"}
        record.reason = refusals.get(reading.verdict, "unknown_code")
        return
    named = known.by_pass.get(reading.content.booking)
    if named is not None:
        record.person_id, record.claimed_booking = named.person_id, named.uuid
    record.evidence = "host_scan"
    _place(record, arrival.place, when)


def _give_word(record: Record, named: NamedBooking, evidence: str, when: timing.Timing) -> None:
    """Somebody says that a booking was used; when it is over by then, they say it about its time.

    It counts at the end of that time, so that a scan that arrives yet comes first and says when it really was.
    """
    record.evidence = evidence
    if when.effective_at >= named.ends_at:
        said_of = named.ends_at - timedelta(seconds=1)
        when = timing.Timing(said_of, said_of, said_of, is_exact=when.is_exact)
    _place(record, named.place, when)


def _place(record: Record, place: Place, when: timing.Timing) -> None:
    """Put it at a space and on a day there."""
    record.space_id, record.effective_at = place.space_id, when.effective_at
    record.local_date = clock.local_day(when.effective_at, place.timezone)
    record.time_quality = when.quality(place.timezone)
    is_late = record.received_at is not None and when.effective_at < record.received_at - JUDGED_FOR
    record.verdict, record.reason = ("rejected", "too_late") if is_late else ("accepted", None)


def _prove(record: Record, entry: Entry, device: KnownDevice) -> None:
    """Look at the signature, and at whether the device was still its person's when it captured this."""
    if entry.event is not None and entry.signed is not None and device.public_key is not None:
        record.is_signed = signing.is_signed(entry.signed, entry.event.signature or "", device.public_key)
        record.doubt = record.doubt if record.is_signed else "bad_signature"
    if device.revoked_at is None:
        return
    record.doubt = record.doubt or "revoked_device"
    if record.verdict != "rejected" and record.effective_at is not None and record.effective_at > device.revoked_at:
        record.verdict, record.reason = "rejected", "revoked_device"


def _timing(event: Event, arrival: Arrival | HostArrival) -> timing.Timing:
    last = event.last_server_time
    contact = Clocks(last.at, last.boot, last.boot_ms) if last else None
    captured = Clocks(event.captured_at, event.boot, event.boot_ms)
    return timing.correct(captured, arrival.sent, contact, arrival.received_at)
