"""Changing accounts, each with its entry.

An account changes only together with an entry, and never so that more than granted is taken: the update has that as
its condition, the database as its check. Accounts are locked in the order of their ids, after the day of the space.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from app import transaction
from app.extensions import execute, table
from app.funding.models import Account, Entry
from app.statements import Prepared

_accounts, _entries = table(Account), table(Entry)
# A programme's two accounts and its helper's: more never pay for one day.
MOST_PARTS = 3

Amount = tuple[int, int]  # units and cents
NOTHING: Amount = (0, 0)


@dataclass(frozen=True)
class Delta:
    """A change of one account and the entry that says so: (units, cents) each.

    `promised`: whether cancelling late and not coming use what is reserved.
    """

    account_id: int
    kind: str
    number: int
    reserved: Amount
    settled: Amount
    promised: tuple[bool | None, bool | None] = (None, None)


@dataclass(frozen=True)
class Why:
    """For which booking accounts change, on whose word and for what reason."""

    booking: uuid.UUID
    reason: str
    actor: str


def _apply_to(parts: int) -> Prepared:
    """Change so many accounts in one statement, each by its own figures, as far as what is granted allows."""
    keys: list[tuple[Any, int]] = [(bindparam(f"id{n}"), n) for n in range(parts)]

    def own(name: str) -> Any:
        if parts == 1:
            return bindparam(f"{name}0")
        return case(*((_accounts.c.id == key, bindparam(f"{name}{n}")) for key, n in keys), else_=0)

    raised = {
        f"{kind}_{unit}": _accounts.c[f"{kind}_{unit}"] + own(f"{kind}_{unit}")
        for kind in ("reserved", "settled")
        for unit in ("units", "cents")
    }
    is_enough = [
        or_(
            _accounts.c[f"granted_{unit}"].is_(None),
            raised[f"reserved_{unit}"] + raised[f"settled_{unit}"] <= _accounts.c[f"granted_{unit}"],
        )
        for unit in ("units", "cents")
    ]
    named = [key for key, _ in keys]
    in_order = select(_accounts.c.id).where(_accounts.c.id.in_(named)).order_by(_accounts.c.id).with_for_update()
    # One row needs no order.
    is_meant = _accounts.c.id == named[0] if parts == 1 else _accounts.c.id.in_(in_order)
    return Prepared(update(_accounts).where(is_meant, *is_enough).values(raised).returning(_accounts.c.id))


_APPLY = {parts: _apply_to(parts) for parts in range(1, MOST_PARTS + 1)}
_WRITE = Prepared(insert(_entries))


def apply(deltas: Sequence[Delta], why: Why, *, now: datetime) -> None:
    """Change accounts and write their entries."""
    values: dict[str, Any] = {}
    for n, delta in enumerate(deltas):
        values |= {f"id{n}": delta.account_id}
        values |= dict(zip((f"reserved_units{n}", f"reserved_cents{n}"), delta.reserved, strict=True))
        values |= dict(zip((f"settled_units{n}", f"settled_cents{n}"), delta.settled, strict=True))
    if len(_APPLY[len(deltas)].rows(values)) != len(deltas):
        raise transaction.Again
    try:
        _WRITE.run_each([_entry(delta, why, now) for delta in deltas])
    except IntegrityError as error:
        if transaction.violated(error) == "uq_entries_key":  # somebody else moved the same booking
            raise transaction.Again from error
        raise


def lock_accounts(account_ids: Collection[int]) -> None:
    """Lock accounts in the order of their ids, for somebody who changes them one after the other."""
    ids = select(_accounts.c.id).where(_accounts.c.id.in_(account_ids)).order_by(_accounts.c.id).with_for_update()
    execute(ids).all()


def _entry(delta: Delta, why: Why, now: datetime) -> dict[str, Any]:
    return {
        "account_id": delta.account_id,
        "booking_uuid": why.booking,
        "kind": delta.kind,
        "granted_units": 0,
        "granted_cents": 0,
        "reserved_units": delta.reserved[0],
        "reserved_cents": delta.reserved[1],
        "settled_units": delta.settled[0],
        "settled_cents": delta.settled[1],
        "pays_late": delta.promised[0],
        "pays_no_show": delta.promised[1],
        "reason": why.reason,
        "actor": why.actor,
        "made_at": now,
        "key": f"{why.booking.hex}/{delta.account_id}/{delta.number}",
    }
