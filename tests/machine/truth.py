"""What must hold after every step, read from the rows and compared with what the machine was promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, select, text

from app.bookings.models import Booking
from app.checkins import queries
from app.checkins.judging import judge
from app.checkins.models import Checkin, Sign
from app.checkins.records import Record
from app.extensions import db
from app.jobs import queries as jobs
from tests.machine.world import World
from tests.race import findings

_RECORDED = ("event_id", "person_id", "body_digest", "verdict", "reason", "kind", "space_id", "claimed_booking")
_DOUBTED = ("doubt", "evidence", "device", "undoes", "time_quality")
_TIMED = ("captured_at", "sent_at", "effective_at", "local_date", "booking_id", "duplicate_of", "is_unowned")
_CHECKINS = select(
    *(getattr(Checkin, name) for name in (*_RECORDED, *_DOUBTED, *_TIMED, "received_at")), Sign.replaced_at
).outerjoin(Sign, Sign.id == Checkin.sign_id)
_BOOKINGS = select(
    Booking.person_id,
    Booking.id,
    Booking.uuid,
    Booking.space_id,
    Booking.date,
    Booking.starts_at,
    Booking.ends_at,
    Booking.made_at,
    Booking.ended_at,
    Booking.released_at,
    Booking.seat_id,
    Booking.first_slot,
    Booking.end_slot,
)


def wrongs(world: World) -> Iterator[str]:
    """Yield all that is wrong; nothing in a house that works."""
    yield from (f"{found.kind}: {found.text}" for found in jobs.findings())
    for name, statement in (
        ("a seat is sold twice", findings.OVERLAPS.format(who="seat_id")),
        ("somebody has two desks at a time", findings.OVERLAPS.format(who="person_id")),
        ("a slot belongs to no booking", findings.STRAY_SLOTS),
        ("a booking does not hold its slots", findings.UNHELD),
    ):
        if db.session.execute(text(statement)).scalar_one():
            yield name
    bookings = db.session.execute(_BOOKINGS).all()
    checkins = db.session.execute(_CHECKINS).all()
    yield from world.purse.wrongs()
    yield from _broken_promises(world, bookings)
    yield from _lost(world, checkins)
    yield from _misjudged(checkins)
    yield from _double_winners(checkins)


def _broken_promises(world: World, bookings: list[Row[Any]]) -> Iterator[str]:
    people = {visitor.person_id: number for number, visitor in enumerate(world.visitors)}
    places = {door.id: number for number, door in enumerate(world.doors)}
    found = {
        row.uuid: (
            people.get(row.person_id),
            places[row.space_id],
            row.date,
            row.first_slot,
            row.end_slot,
            row.seat_id,
            row.released_at is not None,
        )
        for row in bookings
        if row.ended_at is None and row.person_id is not None
    }
    promised = {
        key: (
            each.person,
            each.place,
            each.day,
            each.slots.start,
            each.slots.stop,
            world.doors[each.place].seats[each.seat],
            each.is_released,
        )
        for key, each in world.open.items()
    }
    for key in found.keys() | promised.keys():
        if found.get(key) != promised.get(key):
            yield f"booking {key}: promised {promised.get(key)}, stored {found.get(key)}"


def _lost(world: World, checkins: list[Row[Any]]) -> Iterator[str]:
    stored = [row.event_id for row in checkins if row.person_id is not None]
    sent = {event for event, person in world.sent.items() if person not in world.erased}
    if len(stored) != len(set(stored)):
        yield "an event is stored twice"
    yield from (f"event {event} is lost" for event in sent - set(stored))
    yield from (f"event {event} came from nowhere" for event in set(stored) - sent)
    # Whoever is erased stays counted, under names that nobody knows.
    if len(checkins) != len(world.sent):
        yield f"{len(world.sent)} events were sent, {len(checkins)} are stored"
    for row in checkins:
        if row.effective_at is not None and row.effective_at > row.received_at:
            yield f"event {row.event_id} happened after it was received"


def _misjudged(checkins: list[Row[Any]]) -> Iterator[str]:
    """Judge everything of everybody from scratch: what is stored bit by bit must be the same."""
    scans = defaultdict(list)
    for row in checkins:
        if row.person_id is not None and (scan := Record(**row._mapping).scan):
            scans[row.person_id].append(scan)
    expected = {}
    for person_id, own in scans.items():
        days = {scan.local_date for scan in own}
        claimed = {scan.claimed_booking for scan in own if scan.claimed_booking}
        points = queries.points({scan.space_id for scan in own})
        expected |= judge(own, queries.bookings_around(person_id, days, claimed), points)
    for row in checkins:
        judged = expected.get(row.event_id)
        stored = (row.verdict, row.reason, row.booking_id, row.duplicate_of)
        if judged and stored != (judged.verdict, judged.reason, judged.booking_id, judged.duplicate_of):
            yield f"event {row.event_id} is stored as {stored}, but judged {judged}"


def _double_winners(checkins: list[Row[Any]]) -> Iterator[str]:
    """One check-in counts for a booking, and it is the first of all that say the same."""
    same = defaultdict(list)
    for row in checkins:
        if row.person_id is not None and row.kind == "check_in" and row.verdict != "rejected":
            day = ("booking", row.booking_id) if row.booking_id else (row.person_id, row.space_id, row.local_date)
            same[day].append(row)
    for day, rows in same.items():
        winners = [row for row in rows if row.reason != "duplicate"]
        first = min(rows, key=lambda row: (row.effective_at, row.event_id))
        if [row.event_id for row in winners] != [first.event_id]:
            yield f"{day}: {len(winners)} check-ins count, the first is {first.event_id}"
