"""What somebody wants to book, what became of it, and whether it was asked for before."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select

from app.bookings.models import PERIODS, Booking
from app.bookings.operations.refusals import UuidReused
from app.bookings.queries import BookingFacts
from app.bookings.steps import Placed
from app.errors import DomainError
from app.extensions import table
from app.statements import Prepared


@dataclass(frozen=True)
class Order:
    """What somebody wants: a seat (its number, or None for "choose for me") of a space for a period of a date.

    A room or booth is wanted by its number and for `half_hours` of the day; its period is `HOURS`.
    """

    uuid: uuid.UUID
    space: str
    date: date
    period: str
    seat: int | None = None
    half_hours: range | None = None
    payer: str | None = None  # the key of who shall pay; None = whoever comes first

    @property
    def slots(self) -> range:
        return PERIODS[self.period] if self.half_hours is None else self.half_hours

    @property
    def kind(self) -> str:
        return "desk" if self.half_hours is None else "room"

    def digest(self, person_id: int) -> str:
        """Tell a repetition of the same order from another one under the same uuid."""
        text = f"{person_id}|{self.space}|{self.date}|{self.period}|{self.seat}"
        if self.half_hours is not None:
            text += f"|{self.half_hours.start}-{self.half_hours.stop}"
        if self.payer is not None:
            text += f"|{self.payer}"
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Result:
    """What became of an order: its booking, which is not new for a repetition, or why it was refused.

    `placed` says of a new one who pays.
    """

    order: Order
    booking: BookingFacts | None = None
    placed: Placed | None = None
    refusal: DomainError | None = None

    @property
    def is_new(self) -> bool:
        return self.placed is not None


# Passes name a booking by the second half of its uuid, so that half is unique as well.
_DIGEST = Prepared(
    select(table(Booking).c.request_digest).where(
        (table(Booking).c.uuid == bindparam("uuid")) | (table(Booking).c.pass_id == bindparam("pass_id"))
    )
)


def is_repetition(order: Order, person_id: int) -> bool:
    """Whether this very order was carried out before. Refuses: `UuidReused`."""
    known = _DIGEST.scalar({"uuid": order.uuid, "pass_id": order.uuid.bytes[8:]})
    if known is not None and known != order.digest(person_id):
        raise UuidReused
    return known is not None
