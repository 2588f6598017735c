"""What a person is told about a booking: one message, written with the change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app import clock, i18n
from app.audit import steps as audit
from app.bookings import queries
from app.bookings.queries import Alternative, BookingFacts, Paying, Unpaid
from app.funding.queries import Payer
from app.messages import steps as messages
from app.people.steps import LockedPerson
from app.spaces.queries import SpaceFacts


@dataclass(frozen=True)
class Placed:
    """A new booking and who pays for it. `passed`: who would have paid first and has not enough left."""

    booking: BookingFacts
    payer: Payer
    passed: str | None = None


def tell_made(made: Sequence[Placed], person: LockedPerson, space: SpaceFacts, *, now: datetime) -> None:
    """Confirm one or several bookings of one space, and name who pays."""
    said = [{**_said(each.booking, space), **_paid_by(each)} for each in made]
    _tell("booking_made", person, {"bookings": said}, now)


def tell_changed(
    booking: BookingFacts, before: BookingFacts, person: LockedPerson, space: SpaceFacts, *, now: datetime
) -> None:
    """Say what a booking was and what it is."""
    old = {"date": before.date, "period": before.period, "seat": _seat(before)}
    paid = queries.paying(person.id, now=now) if booking.payer else {}
    said = {**_said(booking, space), **_paid(booking, paid.get(booking.id))}
    _tell("booking_changed", person, {"booking": said, "before": old}, now)


def tell_cancelled(booking: BookingFacts, person: LockedPerson, space: SpaceFacts, *, now: datetime) -> None:
    """Confirm a cancellation by the person."""
    _tell("booking_cancelled", person, {"booking": _said(booking, space), "reason": None}, now)


def tell_several_cancelled(
    ended: Sequence[BookingFacts], person: LockedPerson, known: Mapping[int, SpaceFacts], *, now: datetime
) -> None:
    """Confirm that the person has cancelled several bookings at once. `known`: spaces by id."""
    if len(ended) == 1:
        tell_cancelled(ended[0], person, known[ended[0].space_id], now=now)
        return
    said = [_said(each, known[each.space_id]) for each in sorted(ended, key=lambda each: each.starts_at)]
    _tell("bookings_cancelled", person, {"bookings": said}, now)


def tell_called_off(
    booking: BookingFacts, person: LockedPerson, space: SpaceFacts, reason: str, *, now: datetime
) -> None:
    """Say that others had to end a booking, and why, in the person's language."""
    _tell("booking_cancelled", person, {"booking": _said(booking, space), "reason": reason}, now)


def tell_closed(
    ended: Sequence[tuple[BookingFacts, Sequence[Alternative]]],
    person: LockedPerson,
    space: SpaceFacts,
    reason: str,
    *,
    now: datetime,
) -> None:
    """Say that a space closes, which bookings end with it, and what is free nearby instead of each."""
    told = [{**_said(booking, space), "ways": [_way(way) for way in ways]} for booking, ways in ended]
    _tell("booking_closed", person, {"bookings": told, "reason": reason}, now)


def tell_payer_ends(found: Sequence[tuple[Unpaid, SpaceFacts]], person: LockedPerson, *, now: datetime) -> None:
    """Say which bookings lie beyond the end of a programme, and until when another payer can be chosen for each."""
    told = []
    for each, space in found:
        decide_at = each.decide_by.astimezone(clock.zone(space.timezone))
        last_day = i18n.format_day(each.ends_on, i18n.gettext("d. MMMM y"))
        more = {"programme": each.programme, "last_day": last_day, "decide_at": decide_at}
        told.append({**_said(queries.booking_by_id(each.id), space), **more})
    _tell("payer_ended", person, {"bookings": told}, now)


def note_ended(ended: Sequence[BookingFacts], person: LockedPerson, *, actor: str, now: datetime) -> None:
    """Let the person read in the audit who ended bookings of theirs; not where, because bookings forget that sooner."""
    if ended:
        subject = ("person", person.public_id)
        audit.record(actor=actor, action="end_bookings", subject=subject, detail={"count": len(ended)}, now=now)


def tell_released(booking: BookingFacts, person: LockedPerson, space: SpaceFacts, *, now: datetime) -> None:
    """Say that a seat nobody came to is free for others again."""
    _tell("seat_released", person, {"booking": _said(booking, space)}, now)


def _tell(kind: str, person: LockedPerson, payload: dict[str, Any], now: datetime) -> None:
    if person.email is None:
        return
    payload["name"] = person.name
    messages.write(messages.Draft(kind, person.id, person.email, person.language, payload), now=now)


def _said(booking: BookingFacts, space: SpaceFacts) -> dict[str, Any]:
    zone = clock.zone(space.timezone)
    return {
        "uuid": booking.uuid,
        "date": booking.date,
        "period": booking.period,
        "starts_at": booking.starts_at.astimezone(zone),
        "ends_at": booking.ends_at.astimezone(zone),
        "seat": _seat(booking),
        "space": {
            "slug": space.slug,
            "name": space.name,
            "town": space.town_name,
            "plz": space.plz,
            "address": space.address,
            "arrival": space.arrival,
            "is_sample": space.is_sample,
        },
    }


def _paid_by(placed: Placed) -> dict[str, Any]:
    own_cents = placed.booking.price_cents and placed.payer.own_cents  # nothing is told of an unknown price
    return {"payer": placed.payer.name or None, "own_cents": own_cents}


def _paid(booking: BookingFacts, paying: Paying | None) -> dict[str, Any]:
    """Name who pays besides the person, and what the person pays on site, if that is known."""
    if paying is None:
        return {"payer": None, "own_cents": booking.price_cents}
    return {"payer": paying.name, "own_cents": paying.own_cents}


def _way(way: Alternative) -> dict[str, Any]:
    return {"name": way.space.name, "town": way.space.town_name, "period": way.period, "path": way.path}


def _seat(booking: BookingFacts) -> dict[str, Any]:
    return {"number": booking.seat_number, "name": booking.seat_name}
