"""Proof that bookings, their slots, check-ins and accounts agree, all as they were at one moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from app import clock
from app.billing.queries import first_kept
from app.bookings.models import Booking, BookingSlot
from app.bookings.queries import PERSON_KEPT
from app.checkins.models import Checkin, Sign
from app.extensions import db, reading
from app.jobs.queries import ledger, owed
from app.people.models import Person
from app.spaces.models import Seat, Space

BATCH = 1000
# A charge is decided two weeks after its day; the bookings of older entries may be untied from them.
LATELY = timedelta(days=30)
Question = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Finding:
    """Something that cannot be. `kind` is stable, `text` names the rows."""

    kind: str
    text: str


def findings() -> Iterator[Finding]:
    """Yield all contradictions; on a healthy database none. What the session read before is asked anew."""
    db.session.rollback()
    db.session.connection(execution_options=reading(db.engine))
    now = clock.now()
    limits = {
        "lately": now - LATELY,
        "tied_since": now.date() - timedelta(days=PERSON_KEPT),
        "kept_since": first_kept(now.date()),
    }
    for kind, question, words in _questions():
        for row in db.session.execute(question, limits):
            yield Finding(kind, words.format_map(row._asdict()))
    for row in db.session.execute(_wrong_slots()):
        yield Finding(_slot_trouble(row), _slot_words(row))
    for label in owed.changed_invoices():
        yield Finding("invoice_changed", f"invoice {label}: its XML is not what was issued")


@cache
def _questions() -> tuple[tuple[str, Question, str], ...]:
    """Return kind, question and words of what one question finds; put together once, because that takes longest."""
    asked = (
        ("missing_slots", _missing_slots(), "booking {uuid}: {held} of {wanted} slots are held"),
        ("wrong_seat", _wrong_seat(), "booking {uuid}: its seat belongs to space {seat_space}, not {space}"),
        ("seat_twice", _held_twice("seat_id"), "slot {slot} of seat {who} on {date} is held {count} times"),
        ("person_twice", _held_twice("person_id"), "person {who} holds {count} seats in slot {slot} on {date}"),
        ("event_twice", _stored_twice(), "check-in {event_id} is stored {count} times"),
        ("counted_twice", _counted_twice(), "booking {uuid}: {count} check-ins count"),
        ("lost_checkin", _lost_checkins(), "check-in {event_id} points to a {what} that does not exist"),
        ("foreign_checkin", _foreign_checkins(), "check-in {event_id} and its {what} disagree about the space"),
        *ledger.questions(),
        *owed.questions(),
    )
    return tuple((kind, question.execution_options(yield_per=BATCH), words) for kind, question, words in asked)


def _missing_slots() -> Question:
    """Open bookings that do not hold each of their slots; the key of the slots lets a count decide."""
    held = (
        select(func.count())
        .where(
            BookingSlot.seat_id == Booking.seat_id,
            BookingSlot.date == Booking.date,
            BookingSlot.slot >= Booking.first_slot,
            BookingSlot.slot < Booking.end_slot,
            BookingSlot.booking_id == Booking.id,
        )
        .scalar_subquery()
    )
    wanted = Booking.end_slot - Booking.first_slot
    return select(Booking.uuid, held.label("held"), wanted.label("wanted")).where(
        Booking.ended_at.is_(None), Booking.released_at.is_(None), held != wanted
    )


def _wrong_seat() -> Question:
    return (
        select(Booking.uuid, Seat.space_id.label("seat_space"), Booking.space_id.label("space"))
        .join(Seat, Seat.id == Booking.seat_id)
        .where(Seat.space_id != Booking.space_id)
    )


@cache
def _wrong_slots() -> Question:
    """Slots whose booking is gone, ended or released, or is about something else. Only desks carry the person."""
    is_wrong = or_(
        Booking.id.is_(None),
        Booking.ended_at.is_not(None),
        Booking.released_at.is_not(None),
        BookingSlot.seat_id != Booking.seat_id,
        BookingSlot.date != Booking.date,
        BookingSlot.space_id != Booking.space_id,
        BookingSlot.slot < Booking.first_slot,
        BookingSlot.slot >= Booking.end_slot,
        and_(Seat.kind == "desk", BookingSlot.person_id.is_distinct_from(Booking.person_id)),
        and_(Seat.kind != "desk", BookingSlot.person_id.is_not(None)),
    )
    return (
        select(
            BookingSlot.seat_id,
            BookingSlot.date,
            BookingSlot.slot,
            BookingSlot.space_id,
            BookingSlot.booking_id,
            Booking.id.label("found"),
            Booking.uuid,
            Booking.ended_at,
            Booking.released_at,
            Booking.seat_id.label("booked_seat_id"),
            Booking.date.label("booked_date"),
            Booking.space_id.label("booked_space_id"),
            Booking.first_slot,
            Booking.end_slot,
        )
        .outerjoin(Booking, Booking.id == BookingSlot.booking_id)
        .outerjoin(Seat, Seat.id == BookingSlot.seat_id)
        .where(is_wrong)
        .execution_options(yield_per=BATCH)
    )


def _slot_trouble(row: Row[*tuple[Any, ...]]) -> str:
    if row.found is None:
        return "slot_without_booking"
    if row.ended_at is not None:
        return "slot_of_ended"
    if row.released_at is not None:
        return "slot_of_released"
    for name in ("seat", "date", "space"):
        column = name if name == "date" else f"{name}_id"
        if getattr(row, column) != getattr(row, f"booked_{column}"):
            return f"slot_of_other_{name}"
    return "slot_outside" if not row.first_slot <= row.slot < row.end_slot else "slot_of_other_person"


def _slot_words(row: Row[*tuple[Any, ...]]) -> str:
    return f"slot {row.slot} of seat {row.seat_id} on {row.date}, held for booking {row.uuid or row.booking_id}"


def _held_twice(who: str) -> Question:
    """Slots that a seat, or a person, is in more than once: only possible where the keys are missing."""
    holder = getattr(BookingSlot, who)
    columns = holder.label("who"), BookingSlot.date, BookingSlot.slot
    times = func.count().label("count")
    return select(*columns, times).where(holder.is_not(None)).group_by(*columns).having(times > 1)


def _stored_twice() -> Question:
    times = func.count().label("count")
    return select(Checkin.event_id, times).group_by(Checkin.event_id).having(times > 1)


def _counted_twice() -> Question:
    """Bookings that more than one check-in counts for: all but the first must be duplicates."""
    times = func.count().label("count")
    return (
        select(Booking.uuid, times)
        .join(Checkin, Checkin.booking_id == Booking.id)
        .where(Checkin.kind == "check_in", Checkin.verdict != "rejected", Checkin.reason.is_distinct_from("duplicate"))
        .group_by(Booking.id, Booking.uuid)
        .having(times > 1)
    )


def _lost_checkins() -> Question:
    """Check-ins that point nowhere. Keys forbid most of it, except where they were switched off, and duplicates."""
    first = aliased(Checkin)
    parts = [
        _lost(Checkin.booking_id, Booking.id, "booking"),
        _lost(Checkin.sign_id, Sign.id, "sign"),
        _lost(Checkin.space_id, Space.id, "space"),
        _lost(Checkin.person_id, Person.id, "person"),
        _lost(Checkin.duplicate_of, first.event_id, "first check-in"),
    ]
    return select(union_all(*parts).subquery())


def _lost(pointer: Any, target: Any, what: str) -> Question:
    return (
        select(Checkin.event_id, literal(what).label("what"))
        .outerjoin(target.class_, target == pointer)
        .where(pointer.is_not(None), target.is_(None))
    )


def _foreign_checkins() -> Question:
    """Check-ins counted for a booking of another space (a flagged one may be), or at a sign of another space."""
    return (
        select(
            Checkin.event_id,
            case((Booking.space_id != Checkin.space_id, "booking"), else_="sign").label("what"),
        )
        .outerjoin(Booking, Booking.id == Checkin.booking_id)
        .outerjoin(Sign, Sign.id == Checkin.sign_id)
        .where(
            or_(
                and_(Booking.space_id != Checkin.space_id, Checkin.verdict == "accepted"),
                Sign.space_id != Checkin.space_id,
            )
        )
    )
