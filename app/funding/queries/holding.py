"""What accounts hold for a booking, and what its end gave back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, bindparam, cast, exists, func, join, or_, select
from sqlalchemy.orm import aliased

from app.extensions import execute, table
from app.funding.models import CAME, PAYER_CHANGED, Account, Entry, Programme, Quota
from app.statements import Prepared


@dataclass(frozen=True)
class Held:
    """What one account holds for a booking, (units, cents) each, by so many entries, and what was promised to pay.

    `is_frozen`: it is a programme's whose books are closed.
    """

    account_id: int
    reserved: tuple[int, int]
    settled: tuple[int, int]
    entries: int
    pays_late: bool
    pays_no_show: bool
    is_frozen: bool


_entries, _accounts, _quotas = table(Entry).c, table(Account).c, table(Quota).c
_HOLDINGS = Prepared(
    select(
        _entries.account_id,
        func.sum(_entries.reserved_units),
        func.sum(_entries.reserved_cents),
        func.sum(_entries.settled_units),
        func.sum(_entries.settled_cents),
        func.count(),
        # Who left an account and came back to it under other rules has the milder ones.
        func.min(cast(_entries.pays_late, Integer)),
        func.min(cast(_entries.pays_no_show, Integer)),
        table(Programme).c.frozen_at.is_not(None),
    )
    .join_from(table(Entry), table(Account), _accounts.id == _entries.account_id)
    .join(table(Quota), _quotas.id == _accounts.quota_id)
    .outerjoin(table(Programme), table(Programme).c.id == _quotas.programme_id)
    .where(_entries.booking_uuid == bindparam("booking"))
    .group_by(_entries.account_id, table(Programme).c.frozen_at)
    .order_by(_entries.account_id)
)


def holdings(booking: uuid.UUID) -> list[Held]:
    """Return what each account that a booking touched holds for it now, by id; never both reserved and settled."""
    rows = _HOLDINGS.rows({"booking": booking})
    return [
        Held(row[0], (int(row[1]), int(row[2])), (int(row[3]), int(row[4])), row[5], *(bool(each) for each in row[6:]))
        for row in rows
    ]


_later = aliased(Entry)
_takes = {
    unit: getattr(Account, f"reserved_{unit}") + getattr(Account, f"settled_{unit}") for unit in ("units", "cents")
}


def _gave_back(booking: Any) -> ColumnElement[bool]:
    """Whether an entry is what the end of a booking gave back, and nobody was found to have come since."""
    came = exists().where(_later.booking_uuid == booking, _later.reason == CAME, _later.id > Entry.id)
    return and_(
        Entry.booking_uuid == booking,
        or_(Entry.reserved_units < 0, Entry.reserved_cents < 0),
        Entry.settled_units == 0,
        Entry.settled_cents == 0,
        Entry.reason != PAYER_CHANGED,
        # Without this a booking that stands two levels around would be looked for in here: any booking.
        ~came.correlate_except(_later),
    )


def can_be_taken_again(booking: Any) -> ColumnElement[bool]:
    """Whether something was given back when a booking (the column of its uuid) ended, and all of it is still left."""
    is_full = or_(
        *(_takes[unit] - getattr(Entry, f"reserved_{unit}") > getattr(Account, f"granted_{unit}") for unit in _takes)
    )
    taken = join(Entry, Account, Account.id == Entry.account_id)
    full = exists().select_from(taken).where(_gave_back(booking), is_full)
    return and_(exists().where(_gave_back(booking)), ~full)


def last_reason(booking: Any) -> Any:
    """Return why accounts changed last for a booking (the column of its uuid)."""
    return (
        select(Entry.reason).where(Entry.booking_uuid == booking).order_by(Entry.id.desc()).limit(1).scalar_subquery()
    )


def given_back(booking: uuid.UUID) -> dict[int, tuple[int, int]]:
    """Return the units and cents that each account, by id, got back when a booking ended."""
    rows = execute(select(Entry.account_id, Entry.reserved_units, Entry.reserved_cents).where(_gave_back(booking)))
    return {row.account_id: (-row.reserved_units, -row.reserved_cents) for row in rows}
