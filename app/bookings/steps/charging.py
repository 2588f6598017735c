"""What a booking takes from who pays for it: reserved when it is made, settled or given back when it ends."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update

from app.bookings import queries
from app.bookings.models import CANCELLED, MOVED, RELEASED, RESERVED, SETTLED, Booking
from app.errors import N_, DomainError
from app.extensions import execute, table
from app.funding import queries as funding
from app.funding import steps as accounts
from app.funding.queries import Payer
from app.spaces.models import Space
from app.statements import Prepared

PERSON = "person"


class UnknownPayer(DomainError):
    """The payer that was chosen does not pay here, on that day, or any more."""

    code = "unknown_payer"
    message = N_("Das zahlt an diesem Ort oder Tag niemand mehr. Lade die Seite neu und wähl, wer zahlt.")


class UsedUp(DomainError):
    """The payer that was chosen has not enough left."""

    code = "used_up"
    message = N_("Davon ist für diesen Tag nicht mehr genug übrig. Wähl, wer sonst zahlt, oder zahl selbst vor Ort.")


def reserve(found: Sequence[Payer], key: str | None, booking: uuid.UUID, *, now: datetime) -> Payer:
    """Let the payer of that key, else the first that can, pay for a new booking. Returns who pays.

    The day and the person are locked. Refuses: `UnknownPayer`, `UsedUp`.
    """
    payer = funding.choose(found, key)
    if payer is None:
        raise UnknownPayer
    if payer.lacks is not None:
        raise UsedUp
    accounts.reserve(payer, accounts.Why(booking, "booked", PERSON), now=now)
    return payer


_bookings = table(Booking).c
_RESERVED = Prepared(
    select(
        _bookings.id,
        _bookings.uuid,
        _bookings.date,
        _bookings.ended_at,
        _bookings.ended_reason,
        table(Space).c.timezone,
    )
    .join_from(table(Booking), table(Space), table(Space).c.id == _bookings.space_id)
    .where(_bookings.id.in_(bindparam("ids", expanding=True)), _bookings.charge == RESERVED)
    .where(_bookings.ended_at.is_not(None))
    .order_by(_bookings.id)
)


def let_go(booking_ids: Iterable[int], *, is_late_free: bool = False, now: datetime) -> None:
    """Give back what is reserved for bookings that have ended, as if nobody had come.

    What a person ended too late is used where the quota says so.
    """
    ids = list(booking_ids)
    for row in _RESERVED.rows({"ids": ids}) if ids else ():
        is_by_person = row.ended_reason in {CANCELLED, MOVED}
        is_too_late = row.ended_at >= queries.in_time_until(row.date, row.timezone)
        is_late = is_by_person and is_too_late and not is_late_free
        why = accounts.Why(row.uuid, f"{row.ended_reason}_late" if is_late else row.ended_reason, PERSON)
        mark(row.id, SETTLED if accounts.let_go(why, is_late=is_late, now=now) else RELEASED)


def lock(booking_id: int) -> None:
    """Lock a booking against the worker, who settles what is reserved for it. Its day and person come before it,
    accounts after it.
    """
    execute(select(_bookings.id).where(_bookings.id == booking_id).with_for_update()).all()


def mark(booking_id: int, charge: str) -> None:
    """Keep with a booking what became of its charge."""
    bookings = table(Booking)
    execute(update(bookings).where(bookings.c.id == booking_id).values(charge=charge))
