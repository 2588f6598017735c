"""The row of a new booking."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, bindparam, case, insert, select

from app.bookings.models import Booking
from app.extensions import table
from app.spaces.models import FREE, Operator, Space
from app.statements import Prepared


@dataclass(frozen=True)
class NewBooking:
    """A booking about to be inserted: slots of a date on a seat. Moments in UTC, price gross in cents."""

    uuid: uuid.UUID
    request_digest: str
    person_id: int | None
    space_id: int
    seat_id: int
    date: date
    kind: str
    first_slot: int
    end_slot: int
    starts_at: datetime
    ends_at: datetime
    price_cents: int | None
    replaces_id: int | None = None
    label: str | None = None  # of somebody without a person
    payer: str | None = None
    charge: str | None = None


_KEPT = {field.name for field in fields(NewBooking)} - {"kind"} | {"made_at", "sequence", "pass_id"}


def _insert_of(vat: Any) -> Prepared:
    """Insert a booking with who sells it and what they say about VAT for that product: it needs no question first."""
    bookings, operators, spaces = table(Booking), table(Operator), table(Space)
    is_here = spaces.c.id == bindparam("at_space_id", type_=Integer)
    runs_it = spaces.c.operator_id == operators.c.id
    says = select(vat).join_from(operators, spaces, runs_it).where(is_here).scalar_subquery()
    kept = [column for column in bookings.c if column.name in _KEPT]
    values: dict[str, Any] = {column.name: bindparam(column.name, type_=column.type) for column in kept}
    values["operator_id"] = select(spaces.c.operator_id).where(is_here).scalar_subquery()
    values["vat"] = case((bindparam("for_cents", type_=Integer) == 0, FREE), else_=says)
    return Prepared(insert(bookings).values(values).returning(bookings.c.id))


# Part of every booking, so put together once: composing a statement costs more than running it.
_INSERT_DESK, _INSERT_ROOM = _insert_of(table(Operator).c.desk_vat), _insert_of(table(Operator).c.room_vat)


def write(new: NewBooking, *, now: datetime) -> int:
    """Insert a booking without its slots and return its id. Refuses: `IntegrityError`."""
    values = {name: value for name, value in vars(new).items() if name != "kind"}
    values |= {"made_at": now, "sequence": 0, "pass_id": new.uuid.bytes[8:]}
    values |= {"at_space_id": new.space_id, "for_cents": new.price_cents}
    booking_id: int = (_INSERT_DESK if new.kind == "desk" else _INSERT_ROOM).scalar(values)
    return booking_id
