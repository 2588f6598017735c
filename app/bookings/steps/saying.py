"""What messages say of a booking: payloads for their templates and for calendars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app import clock
from app.bookings import queries
from app.bookings.queries import Alternative, BookingFacts, Paying
from app.funding.queries import Payer
from app.spaces.queries import SpaceFacts


@dataclass(frozen=True)
class Placed:
    """A new booking and who pays for it. `passed`: who would have paid first and has not enough left."""

    booking: BookingFacts
    payer: Payer
    passed: str | None = None


def ended(booking: BookingFacts, space: SpaceFacts) -> dict[str, Any]:
    """Say a booking that was read before it ended, which has raised its sequence by one."""
    first, sequence = queries.calendar_name(booking)
    return said(booking, space, (first, sequence + 1))


def said(booking: BookingFacts, space: SpaceFacts, named: tuple[UUID, int] | None = None) -> dict[str, Any]:
    """Say a booking. `named`: uuid and sequence that it has in calendars, where they are known."""
    zone = clock.zone(space.timezone)
    first, sequence = named or queries.calendar_name(booking)
    return {
        "calendar": {
            "uuid": first,
            "sequence": sequence,
            "timezone": space.timezone,
            "stop": space.stop,
            "position": None if space.lat is None else [space.lat, space.lon],
        },
        "uuid": booking.uuid,
        "date": booking.date,
        "period": booking.period,
        "starts_at": booking.starts_at.astimezone(zone),
        "ends_at": booking.ends_at.astimezone(zone),
        "seat": seat(booking),
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


def paid_by(placed: Placed) -> dict[str, Any]:
    own_cents = placed.booking.price_cents and placed.payer.own_cents  # nothing is told of an unknown price
    return {"payer": placed.payer.name or None, "own_cents": own_cents}


def paid(booking: BookingFacts, paying: Paying | None) -> dict[str, Any]:
    """Name who pays besides the person, and what the person pays on site, if that is known."""
    if paying is None:
        return {"payer": None, "own_cents": booking.price_cents}
    return {"payer": paying.name, "own_cents": paying.own_cents}


def way(free: Alternative) -> dict[str, Any]:
    return {"name": free.space.name, "town": free.space.town_name, "period": free.period, "path": free.path}


def seat(booking: BookingFacts) -> dict[str, Any]:
    return {"number": booking.seat_number, "name": booking.seat_name}
