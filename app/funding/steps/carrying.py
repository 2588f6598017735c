"""Carrying what is left of a frame over to the next."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update

from app.extensions import execute, table
from app.funding.models import CARRY, WORKER, Account, Entry
from app.funding.steps.applying import lock_accounts
from app.funding.steps.opening import open_account, write_grant

_accounts, _entries = table(Account), table(Entry)


def carry(account_id: int, dates: tuple[date, date], *, now: datetime) -> bool:
    """Take what is left of an account and grant it to the same holder's account of `dates`; the quota is locked.

    Returns whether anything was carried: not while something is reserved, and never twice.
    """
    old = _account(account_id)
    is_next = (
        _accounts.c.quota_id == old.quota_id,
        _accounts.c.holder == old.holder,
        _accounts.c.first_on == dates[0],
    )
    known = execute(select(_accounts.c.id).where(*is_next)).first()
    following = known.id if known else open_account(old.quota_id, old.holder, dates, now=now)
    lock_accounts([account_id, following])
    old = _account(account_id)
    key = f"carry/{account_id}/on"
    if (old.reserved_units, old.reserved_cents) != (0, 0) or _is_written(key):
        return False
    left = {unit: _left(old, unit) for unit in ("units", "cents")}
    new = _account(following)
    for unit in left:
        if getattr(new, f"granted_{unit}") is None:  # without a limit there is nothing to add to
            left[unit] = 0
    if not any(left.values()):
        return False
    _grant(account_id, {unit: -amount for unit, amount in left.items()}, "carried_on", key, now)
    _grant(following, left, "carried_over", f"carry/{account_id}/over", now)
    return True


def _account(account_id: int) -> Account:
    row: Account = execute(select(_accounts).where(_accounts.c.id == account_id)).one()  # type: ignore[assignment]
    return row


def _left(account: Account, unit: str) -> int:
    granted: int | None = getattr(account, f"granted_{unit}")
    return 0 if granted is None else granted - int(getattr(account, f"settled_{unit}"))


def _is_written(key: str) -> bool:
    return execute(select(_entries.c.id).where(_entries.c.key == key)).first() is not None


def _grant(account_id: int, amount: dict[str, int], reason: str, key: str, now: datetime) -> None:
    granted = {f"granted_{unit}": _accounts.c[f"granted_{unit}"] + more for unit, more in amount.items()}
    execute(update(_accounts).where(_accounts.c.id == account_id).values(granted))
    write_grant(account_id, (amount["units"], amount["cents"]), (CARRY, reason, WORKER), key=key, now=now)
