"""What accounts hold for a booking."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from app.extensions import table
from app.funding.models import Account, Entry, Programme, Quota
from app.statements import Prepared


@dataclass(frozen=True)
class Held:
    """What one account holds for a booking, (units, cents) each, by so many entries, and what its quota pays.

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
        _quotas.pays_late,
        _quotas.pays_no_show,
        table(Programme).c.frozen_at.is_not(None),
    )
    .join_from(table(Entry), table(Account), _accounts.id == _entries.account_id)
    .join(table(Quota), _quotas.id == _accounts.quota_id)
    .outerjoin(table(Programme), table(Programme).c.id == _quotas.programme_id)
    .where(_entries.booking_uuid == bindparam("booking"))
    .group_by(_entries.account_id, _quotas.pays_late, _quotas.pays_no_show, table(Programme).c.frozen_at)
    .order_by(_entries.account_id)
)


def holdings(booking: uuid.UUID) -> list[Held]:
    """Return what each account that a booking touched holds for it now, by id; never both reserved and settled."""
    rows = _HOLDINGS.rows({"booking": booking})
    return [
        Held(row[0], (int(row[1]), int(row[2])), (int(row[3]), int(row[4])), row[5], row[6], row[7], bool(row[8]))
        for row in rows
    ]
