"""Record what a device of hosts says: passes it scanned, whom they ticked off, who walked in, what was a mistake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from app import transaction
from app.bookings import steps as seats
from app.checkins import passes, queries
from app.checkins.arriving import WORD, Known, host_record_of
from app.checkins.operations.batches import Outcome, Receipt, in_order, known
from app.checkins.records import HostArrival, Record
from app.checkins.schemas.reading import Entry
from app.checkins.steps import record as recording
from app.checkins.steps.device import see_device
from app.checkins.steps.walk_in import end_walk_ins, seat_walk_in
from app.errors import NotFound
from app.people import steps as people


@transaction.write
def record_host_batch(*, arrival: HostArrival, entries: Sequence[Entry]) -> Receipt:
    """Record events of a space's device once, whatever they are worth, and judge the days of the people they are about.

    1. Find what is gone with its person, the bookings that passes and words name, and the events that are taken back.
    2. Lock the days on which seats are taken or given back, then the people, ascending.
    3. Find which events are known, and what else happened to these people on those days.
    4. Seat who walked in, take back what was a mistake, judge each person's days.
    5. Store what is new and what changed, in this one transaction.

    What bears the name of another device is not stored: it would keep the true one from arriving.
    """
    devices, gone = known(arrival, entries)
    left = [each for each in entries if each.event_id not in gone]
    named = _named(arrival, left)
    arrived: dict[UUID, Record] = {}
    for entry in left:
        if entry.device in {arrival.device, None}:
            record = host_record_of(entry, named, devices.get(arrival.device), arrival)
            arrived.setdefault(entry.event_id, record)
    targets = queries.records_of_ids({each.undoes for each in arrived.values() if each.undoes})
    everybody = {each.person_id for each in (*arrived.values(), *targets) if each.person_id is not None}
    _lock(arrival, [*arrived.values(), *targets], everybody)
    context = recording.context([*arrived.values(), *targets])
    ids = {*arrived, *(each.event_id for each in targets)}
    stored = {each.event_id: each for each in queries.hosts_records(ids, everybody, arrival.place.space_id, context)}
    fresh = [each for each in arrived.values() if each.event_id not in stored]
    changed = _judge(arrival, fresh, list(stored.values()))
    recording.store(fresh, changed)
    missing = see_device(arrival)
    given = _seats_given(each for each in (*stored.values(), *fresh) if each.event_id in arrived)
    told = (
        _outcome(each, _own(stored.get(each.event_id) or arrived.get(each.event_id), each), arrival, given)
        for each in left
    )
    return Receipt(in_order(entries, gone, told), tuple(missing))


def _named(arrival: HostArrival, entries: Sequence[Entry]) -> Known:
    events = [each.event for each in entries if each.event]
    contents = [passes.read(each.code, arrival.origin).content for each in events if each.code != WORD]
    names = {each.booking for each in events if each.booking and each.code == WORD}
    found = queries.named_bookings(names, [each.booking for each in contents if each])
    keys = queries.pass_keys() if any(contents) else {}
    return Known(found, {name.bytes[8:]: each for name, each in found.items()}, keys)


def _lock(arrival: HostArrival, records: Sequence[Record], everybody: set[int]) -> None:
    space_id = arrival.place.space_id
    seating = {each.local_date for each in records if each.kind in {"walk_in", "undo"} and each.local_date}
    seats.lock_days((day, space_id) for day in seating)
    try:
        for person_id in sorted(everybody):
            people.lock(person_id)
    except NotFound as error:  # erased since we looked: then their bookings are nobody's
        raise transaction.Again from error


def _judge(arrival: HostArrival, fresh: list[Record], stored: list[Record]) -> list[Record]:
    """Judge each person's events, and those of each booking that is nobody's. Returns which of `stored` changed."""
    undone = recording.take_back(fresh, stored)
    taken_back = [each for each in (*undone, *fresh) if each.reason == "undone"]
    end_walk_ins([each for each in taken_back if each.id and each.kind == "walk_in"], now=arrival.received_at)
    for record in fresh:
        if record.kind == "walk_in" and record.scan:
            seat_walk_in(record)
    changed = {id(each): each for each in undone}
    for (person_id, _), records in _groups([*fresh, *stored]).items():
        new, old = [each for each in records if not each.id], [each for each in records if each.id]
        back = [each for each in taken_back if any(each is one for one in records)]
        changed |= {id(each): each for each in recording.judge_days(person_id, new, old, back)}
    return list(changed.values())


def _groups(records: Sequence[Record]) -> dict[tuple[int | None, UUID | None], list[Record]]:
    groups = defaultdict(list)
    for record in records:
        if record.kind != "undo":
            name = None if record.person_id is not None else record.claimed_booking
            groups[record.person_id, name].append(record)
    return groups


def _seats_given(records: Iterable[Record]) -> dict[UUID, int]:
    """Return the seats of those who walked in, by booking."""
    walk_ins = [each for each in records if each.kind == "walk_in" and each.reason != "undone" and each.booking_id]
    return queries.walk_in_seats([each.claimed_booking for each in walk_ins if each.claimed_booking])


def _outcome(entry: Entry, record: Record | None, arrival: HostArrival, given: Mapping[UUID, int]) -> Outcome:
    seats = None
    if entry.event and entry.event.seat is not None and record and record.claimed_booking and record.kind == "walk_in":
        seats = (entry.event.seat, given.get(record.claimed_booking, entry.event.seat))
    return Outcome(entry, record, arrival.place, seats=seats if seats and seats[0] != seats[1] else None)


def _own(record: Record | None, entry: Entry) -> Record | None:
    return record if record is not None and record.body_digest == entry.digest else None
