"""Correcting closed books by hand: an entry without a booking, with a reason in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, or_, select, update

from app.extensions import execute, table
from app.funding.models import CORRECT, Account, Entry
from app.funding.steps.applying import lock_accounts

_accounts, _entries = table(Account), table(Entry)
BY_OFFICER = "officer"


@dataclass(frozen=True)
class Correction:
    """So many half-days and cents more or less were used than the books say, and why."""

    units: int
    cents: int
    note: str


def correct(account_id: int, correction: Correction, by: str, *, key: str, now: datetime) -> bool | None:
    """Let an account have used more or less. Returns whether it did: False when `key` is written already.

    None when more would be used than is granted, or less than nothing; then nothing has changed.
    """
    lock_accounts([account_id])
    if execute(select(_entries.c.id).where(_entries.c.key == key)).first() is not None:
        return False
    more = {"units": correction.units, "cents": correction.cents}
    raised = {unit: _accounts.c[f"settled_{unit}"] + amount for unit, amount in more.items()}
    is_within = [
        condition
        for unit, settled in raised.items()
        for condition in (
            settled >= 0,
            or_(
                _accounts.c[f"granted_{unit}"].is_(None),
                _accounts.c[f"reserved_{unit}"] + settled <= _accounts.c[f"granted_{unit}"],
            ),
        )
    ]
    values = {f"settled_{unit}": settled for unit, settled in raised.items()}
    changed = update(_accounts).where(_accounts.c.id == account_id, *is_within).values(values)
    if execute(changed.returning(_accounts.c.id)).first() is None:
        return None
    said = {"kind": CORRECT, "reason": BY_OFFICER, "note": correction.note, "actor": by, "made_at": now, "key": key}
    settled = {f"settled_{unit}": amount for unit, amount in more.items()}
    execute(insert(_entries).values(account_id=account_id, **settled, **said))
    return True
