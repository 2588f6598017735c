"""Record a batch of check-ins."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app import transaction
from app.checkins import codes, queries
from app.checkins.arriving import WORD, record_of
from app.checkins.records import Arrival, HostArrival, KnownDevice, NamedBooking, Place, Record
from app.checkins.schemas.reading import Entry
from app.checkins.steps import record as recording
from app.checkins.steps.device import see_device
from app.people import steps as people


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an event. Of an id that is known with another body, or of somebody else, nothing is told.

    What was an erased person's `is_gone`: it must not come back. `seats`: which was asked for a walk-in and which was
    given, when that is another.
    """

    entry: Entry
    record: Record | None
    place: Place | None
    is_gone: bool = False
    seats: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The outcomes of a batch in its order, and the phone's numbers that never arrived."""

    outcomes: tuple[Outcome, ...]
    missing: tuple[int, ...]


@transaction.write
def record_batch(*, arrival: Arrival, entries: Sequence[Entry]) -> Receipt:
    """Record events once, whatever they are worth, and judge the days they touch.

    1. Lock the person: batches of one person go one after the other, and the phone's snapshot gets a new version.
    2. Find the devices, what is gone with its person, and the signs that were scanned: with them proof, place and day
       of each event. What bears the name of somebody else's device is no event of this person: it is not stored, or it
       would keep the true one from arriving.
    3. Find which events are known, and what else happened on those days.
    4. Judge those days: an earlier event that comes late may win.
    5. Store what is new and what changed, in this one transaction.

    Refuses: `NotFound` when the person is gone.
    """
    people.lock(arrival.person_id)
    devices, gone = known(arrival, entries)
    left = [each for each in entries if each.event_id not in gone]
    outcomes = in_order(entries, gone, take(arrival, left, devices) if left else ())
    device = devices.get(arrival.device)
    is_seen = left and not (device and device.is_closed_to(arrival.person_id))
    return Receipt(outcomes, tuple(see_device(arrival) if is_seen else ()))


def known(arrival: Arrival | HostArrival, entries: Sequence[Entry]) -> tuple[dict[UUID | None, KnownDevice], set[UUID]]:
    """Return the devices that a batch names, and which of its events are gone with their person."""
    names = {each.device for each in entries if each.device} | {arrival.device}
    return queries.known_devices_and_gone(names, {each.event_id for each in entries})


def in_order(entries: Sequence[Entry], gone: Collection[UUID], told: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Return an outcome for each event of a batch: what is `told` of those that are not gone, in their order."""
    others = iter(told)
    return tuple(Outcome(each, None, None, is_gone=True) if each.event_id in gone else next(others) for each in entries)


def take(arrival: Arrival, entries: Sequence[Entry], devices: Mapping[UUID | None, KnownDevice]) -> tuple[Outcome, ...]:
    """Record and judge events of a locked person."""
    words = queries.named_bookings(
        {each.event.booking for each in entries if each.event and each.event.code == WORD and each.event.booking}
    )
    readings = [codes.read(each.event.code, arrival.origin) if each.event else codes.MALFORMED for each in entries]
    signs = queries.known_signs(readings)
    unknown = {reading.code for reading in readings if reading.verdict == "sign" and reading.code not in signs}
    displays = queries.known_displays([code for code in unknown if code])
    named = [
        signs.get(reading.code) or displays.get(reading.code) or _said(entry, words)
        for entry, reading in zip(entries, readings, strict=True)
    ]
    arrived: dict[UUID, Record] = {}
    for entry, found in zip(entries, named, strict=True):
        arrived.setdefault(entry.event_id, record_of(entry, found, devices.get(entry.device), arrival))
    context = recording.context(arrived.values())
    stored = {each.event_id: each for each in queries.records(arrived, arrival.person_id, context)}
    closed = {name for name, device in devices.items() if device.is_closed_to(arrival.person_id)}
    fresh = [each for each in arrived.values() if each.event_id not in stored and each.device not in closed]
    own = [each for each in stored.values() if each.person_id == arrival.person_id]
    undone = recording.take_back(fresh, stored.values())
    changed = {id(each): each for each in (*undone, *recording.judge_days(arrival.person_id, fresh, own))}
    recording.store(fresh, list(changed.values()))
    known = {**arrived, **stored}
    outcomes = [
        Outcome(entry, _own(known[entry.event_id], entry, arrival, closed), found.place if found else None)
        for entry, found in zip(entries, named, strict=True)
    ]
    return tuple(outcomes)


def _said(entry: Entry, words: Mapping[UUID, NamedBooking]) -> NamedBooking | None:
    """Return the booking that a person gives the word for."""
    if entry.event is None or entry.event.code != WORD or entry.event.booking is None:
        return None
    return words.get(entry.event.booking)


def _own(record: Record, entry: Entry, arrival: Arrival, closed: Collection[UUID | None]) -> Record | None:
    is_same = record.person_id == arrival.person_id and record.body_digest == entry.digest
    return record if is_same and entry.device not in closed else None
