"""The bookings on a statement, under numbers that tell nothing about them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from app.billing.models import Statement, StatementEntry
from app.billing.queries.services import half_days
from app.bookings.models import Booking
from app.extensions import execute, table
from app.funding.models import Entry
from app.spaces.models import Seat

VOUCHER_LETTERS = 10
_statement, _entry, _taken, _booking = (table(each).c for each in (Statement, Entry, StatementEntry, Booking))


@dataclass(frozen=True)
class Voucher:
    """One booking on a statement, under a number that tells nothing about it: half-days and gross cents."""

    number: str
    units: int
    cents: int


def vouchers(statement_id: int) -> list[Voucher]:
    """Return what a statement is made of, booking by booking, in no order that tells anything."""
    rows = execute(
        select(_statement.salt, _entry.booking_uuid, func.sum(half_days()), func.sum(_entry.settled_cents))
        .select_from(table(StatementEntry))
        .join(table(Statement), _statement.id == _taken.statement_id)
        .join(table(Entry), _entry.id == _taken.entry_id)
        .join(table(Booking), _booking.uuid == _entry.booking_uuid)
        .join(table(Seat), table(Seat).c.id == _booking.seat_id)
        .where(_taken.statement_id == statement_id)
        .group_by(_statement.salt, _entry.booking_uuid)
    )
    found = [Voucher(voucher(bytes(row[0]), row[1]), int(row[2]), int(row[3])) for row in rows]
    return sorted(found, key=lambda each: each.number)


def vouchers_of_bookings(bookings: Collection[UUID]) -> dict[UUID, Sequence[str]]:
    """Return under which numbers bookings stand on statements, for the people whose bookings they are."""
    rows = execute(
        select(_entry.booking_uuid, _statement.salt, _statement.id)
        .select_from(table(Entry))
        .join(table(StatementEntry), _taken.entry_id == _entry.id)
        .join(table(Statement), _statement.id == _taken.statement_id)
        .where(_entry.booking_uuid.in_(bookings))
        .distinct()
        .order_by(_statement.id)
    )
    found: dict[UUID, list[str]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(voucher(bytes(row[1]), row[0]))
    return dict(found)


def voucher(salt: bytes, booking: UUID) -> str:
    """Return the number of a booking on a statement: nobody without the salt can tell the booking from it."""
    return base64.b32encode(hashlib.sha256(salt + booking.bytes).digest()).decode()[:VOUCHER_LETTERS]
