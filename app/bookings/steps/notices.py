"""What a person is told about a booking: one message, written with the change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app import clock, i18n
from app.audit import steps as audit
from app.bookings import queries
from app.bookings.queries import Alternative, BookingFacts, Unpaid
from app.bookings.steps import saying
from app.bookings.steps.saying import Placed
from app.messages import steps as messages
from app.people.steps import LockedPerson
from app.spaces.queries import SpaceFacts


def tell_made(made: Sequence[Placed], person: LockedPerson, space: SpaceFacts, *, now: datetime) -> None:
    """Confirm one or several bookings of one space, and name who pays."""
    said = [{**saying.said(each.booking, space, (each.booking.uuid, 0)), **saying.paid_by(each)} for each in made]
    _tell("booking_made", person, {"bookings": said}, now)


def tell_changed(
    booking: BookingFacts, before: BookingFacts, person: LockedPerson, space: SpaceFacts, *, now: datetime
) -> None:
    """Say what a booking was and what it is."""
    old = {"date": before.date, "period": before.period, "seat": saying.seat(before)}
    paid = queries.paying(person.id, now=now) if booking.payer else {}
    said = {**saying.said(booking, space), **saying.paid(booking, paid.get(booking.id))}
    _tell("booking_changed", person, {"booking": said, "before": old}, now)


def tell_cancelled(booking: BookingFacts, person: LockedPerson, space: SpaceFacts, *, now: datetime) -> None:
    """Confirm a cancellation by the person."""
    _tell("booking_cancelled", person, {"booking": saying.ended(booking, space), "reason": None}, now)


def tell_several_cancelled(
    ended: Sequence[BookingFacts], person: LockedPerson, known: Mapping[int, SpaceFacts], *, now: datetime
) -> None:
    """Confirm that the person has cancelled several bookings at once. `known`: spaces by id."""
    if len(ended) == 1:
        tell_cancelled(ended[0], person, known[ended[0].space_id], now=now)
        return
    said = [saying.ended(each, known[each.space_id]) for each in sorted(ended, key=lambda each: each.starts_at)]
    _tell("bookings_cancelled", person, {"bookings": said}, now)


def tell_called_off(
    booking: BookingFacts, person: LockedPerson, space: SpaceFacts, reason: str, *, now: datetime
) -> None:
    """Say that others had to end a booking, and why, in the person's language."""
    _tell("booking_cancelled", person, {"booking": saying.ended(booking, space), "reason": reason}, now)


def tell_closed(
    ended: Sequence[tuple[BookingFacts, Sequence[Alternative]]],
    person: LockedPerson,
    space: SpaceFacts,
    reason: str,
    *,
    now: datetime,
) -> None:
    """Say that a space closes, which bookings end with it, and what is free nearby instead of each."""
    told = [{**saying.ended(booking, space), "ways": [saying.way(way) for way in ways]} for booking, ways in ended]
    _tell("booking_closed", person, {"bookings": told, "reason": reason}, now)


def tell_payer_ends(found: Sequence[tuple[Unpaid, SpaceFacts]], person: LockedPerson, *, now: datetime) -> None:
    """Say which bookings lie beyond the end of a programme, and until when another payer can be chosen for each."""
    told = []
    for each, space in found:
        decide_at = each.decide_by.astimezone(clock.zone(space.timezone))
        last_day = i18n.format_day(each.ends_on, i18n.gettext("d. MMMM y"))
        more = {"programme": each.programme, "last_day": last_day, "decide_at": decide_at}
        told.append({**saying.said(queries.booking_by_id(each.id), space), **more})
    _tell("payer_ended", person, {"bookings": told}, now)


def note_ended(ended: Sequence[BookingFacts], person: LockedPerson, *, actor: str, now: datetime) -> None:
    """Let the person read in the audit who ended bookings of theirs; not where, because bookings forget that sooner."""
    if ended:
        subject = ("person", person.public_id)
        audit.record(actor=actor, action="end_bookings", subject=subject, detail={"count": len(ended)}, now=now)


def tell_released(booking: BookingFacts, person: LockedPerson, space: SpaceFacts, *, now: datetime) -> None:
    """Say that a seat nobody came to is free for others again."""
    _tell("seat_released", person, {"booking": saying.said(booking, space)}, now)


def _tell(kind: str, person: LockedPerson, payload: dict[str, Any], now: datetime) -> None:
    if person.email is None:
        return
    payload["name"] = person.name
    messages.write(messages.Draft(kind, person.id, person.email, person.language, payload), now=now)
