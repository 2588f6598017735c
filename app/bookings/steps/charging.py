"""What a booking takes from who pays for it: reserved when it is made, settled or given back when it ends."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import bindparam, select, update

from app import clock
from app.bookings.models import CANCELLED, MOVED, RELEASED, RESERVED, SETTLED, Booking
from app.errors import N_, DomainError
from app.extensions import execute, table
from app.funding import queries as funding
from app.funding import steps as accounts
from app.funding.queries import Payer
from app.spaces.models import Space
from app.statements import Prepared

# Until then, on the day before at the space, cancelling costs nothing.
IN_TIME = time(18)
PERSON = "person"

Kept = tuple[str | None, str | None]  # the payer's key and the charge; None for somebody who pays on site


class UnknownPayer(DomainError):
    """The payer that was chosen does not pay here, on that day, or any more."""

    code = "unknown_payer"
    message = N_("Das zahlt an diesem Ort oder Tag niemand mehr. Lade die Seite neu und wähl, wer zahlt.")


class UsedUp(DomainError):
    """The payer that was chosen has not enough left."""

    code = "used_up"
    message = N_("Davon ist für diesen Tag nicht mehr genug übrig. Wähl, wer sonst zahlt, oder zahl selbst vor Ort.")


def reserve(found: Sequence[Payer], key: str | None, booking: uuid.UUID, *, now: datetime) -> Kept:
    """Let the payer of that key, else the first that can, pay for a new booking. Returns what the booking keeps of it.

    The day and the person are locked. Refuses: `UnknownPayer`, `UsedUp`.
    """
    payer = funding.choose(found, key)
    if payer is None:
        raise UnknownPayer
    if payer.lacks is not None:
        raise UsedUp
    accounts.reserve(payer, accounts.Why(booking, "booked", PERSON), now=now)
    return (payer.key, RESERVED) if payer.parts else (None, None)


_RESERVED = Prepared(
    select(table(Booking).c.id, table(Booking).c.uuid, table(Booking).c.date, table(Space).c.timezone)
    .join_from(table(Booking), table(Space), table(Space).c.id == table(Booking).c.space_id)
    .where(table(Booking).c.id.in_(bindparam("ids", expanding=True)), table(Booking).c.charge == RESERVED)
    .order_by(table(Booking).c.id)
)


def let_go(booking_ids: Iterable[int], *, reason: str, is_late_free: bool = False, now: datetime) -> None:
    """Give back what is reserved for bookings that end. What a person ends too late is used where the quota says so."""
    ids = list(booking_ids)
    for row in _RESERVED.rows({"ids": ids}) if ids else ():
        is_late = not is_late_free and reason in {CANCELLED, MOVED} and now >= in_time_until(row.date, row.timezone)
        why = accounts.Why(row.uuid, f"{reason}_late" if is_late else reason, PERSON)
        mark(row.id, SETTLED if accounts.let_go(why, is_late=is_late, now=now) else RELEASED)


def in_time_until(day: date, timezone: str) -> datetime:
    """Return until when a booking of `day` can be cancelled without costing anything."""
    return datetime.combine(day - timedelta(days=1), IN_TIME, clock.zone(timezone))


def mark(booking_id: int, charge: str) -> None:
    """Keep with a booking what became of its charge."""
    bookings = table(Booking)
    execute(update(bookings).where(bookings.c.id == booking_id).values(charge=charge))
