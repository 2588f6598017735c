"""Who is expected on a day, who is there, who has left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from app.bookings.models import ERASED, MOVED, Booking, period_of
from app.checkins import queries as checkins
from app.checkins.queries import Presence
from app.extensions import execute
from app.people.models import Person
from app.spaces.models import Seat


@dataclass(frozen=True, slots=True)
class Guest:
    """A booking of a day as a host sees it. `name` is the person's, or the label of somebody who walked in."""

    booking: UUID
    pass_id: bytes
    name: str
    label: str | None
    seat_number: int
    seat_name: str
    period: str
    starts_at: datetime
    ends_at: datetime
    ended: str | None
    is_released: bool
    presence: Presence | None

    @property
    def state(self) -> str:
        """One of expected, there, left, released."""
        if self.presence is not None:
            return "left" if self.presence.left_at else "there"
        return "released" if self.is_released else "expected"


_SELECT: Any = (
    select(
        Booking.id,
        Booking.uuid,
        Booking.label,
        Booking.first_slot,
        Booking.end_slot,
        Booking.starts_at,
        Booking.ends_at,
        Booking.ended_reason,
        Booking.released_at,
        Person.name,
        Seat.number,
        Seat.name.label("seat_name"),
        Seat.kind,
    )
    .join(Seat, Seat.id == Booking.seat_id)
    .outerjoin(Person, Person.id == Booking.person_id)
    .order_by(Booking.starts_at, Seat.number, Booking.id)
)


def guests(space_id: int, day: date, *, now: datetime) -> list[Guest]:
    """Return the bookings of a day by time and seat, cancelled ones too; those that were moved away are left out."""
    is_here = (Booking.space_id == space_id, Booking.date == day)
    rows = [row for row in execute(_SELECT.where(*is_here)) if row.ended_reason not in {MOVED, ERASED}]
    came = checkins.presences([row.id for row in rows], now=now)
    return [_guest(row, came.get(row.id)) for row in rows]


def _guest(row: Row[*tuple[Any, ...]], presence: Presence | None) -> Guest:
    return Guest(
        booking=row.uuid,
        pass_id=row.uuid.bytes[8:],
        name=row.label or row.name or "",
        label=row.label,
        seat_number=row.number,
        seat_name=row.seat_name,
        period=period_of(row.kind, row.first_slot, row.end_slot),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        ended=row.ended_reason,
        is_released=row.released_at is not None,
        presence=presence,
    )
