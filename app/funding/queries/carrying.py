"""Accounts whose remainder belongs to the next frame."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import exists, or_, select

from app.employers.models import MEMBER, Employment
from app.extensions import execute, table
from app.funding.models import CARRY, MONTH, QUARTER, Account, Entry, Quota
from app.funding.queries.candidates import ALL
from app.funding.queries.frames import frame_of, next_frame
from app.funding.queries.programmes import FROZEN_AFTER

AT_ONCE = 100


@dataclass(frozen=True)
class Carry:
    """An account whose remainder is due to be carried over, and the dates of the next one."""

    account_id: int
    quota_id: int
    next_frame: tuple[date, date]


_accounts, _quotas, _entries, _work = table(Account).c, table(Quota).c, table(Entry).c, table(Employment).c


def carries_due(today: date, *, after: int = 0) -> list[Carry]:
    """Return up to 100 accounts, by ids above `after`, of frames that ended 15 days ago and have something left.

    Of quotas that carry over and still pay in the next frame, for people who still work there; decided are all of
    their bookings by then. What was carried once is not carried again.
    """
    return _read(_due(today).where(_accounts.id > after).limit(AT_ONCE))


def carry_due(today: date, account_id: int) -> Carry | None:
    """Return one account if it is still due."""
    return next(iter(_read(_due(today).where(_accounts.id == account_id))), None)


def _due(today: date) -> Any:
    was_carried = exists().where(
        _entries.account_id == _accounts.id, _entries.kind == CARRY, _entries.reason == "carried_on"
    )
    works_there = exists().where(
        _work.person_id == _accounts.holder,
        _work.employer_id == _quotas.employer_id,
        _work.role == MEMBER,
        or_(_work.ends_on.is_(None), _work.ends_on > today),
    )
    is_left = or_(_accounts.settled_units < _accounts.granted_units, _accounts.settled_cents < _accounts.granted_cents)
    return (
        select(_accounts.id, _accounts.quota_id, _accounts.last_on, _quotas.frame, _quotas.starts_on, _quotas.ends_on)
        .join_from(table(Account), table(Quota), _quotas.id == _accounts.quota_id)
        .where(
            _quotas.carries,
            _quotas.ended_at.is_(None),
            _quotas.frame.in_((MONTH, QUARTER)),
            or_(_quotas.ends_on.is_(None), _quotas.ends_on > _accounts.last_on),
            _accounts.last_on <= today - FROZEN_AFTER,
            _accounts.reserved_units == 0,
            _accounts.reserved_cents == 0,
            or_(_accounts.holder == ALL, works_there),
            is_left,
            ~was_carried,
        )
        .order_by(_accounts.id)
    )


def _read(statement: Any) -> list[Carry]:
    found = []
    for row in execute(statement):
        first = next_frame(row.last_on.replace(day=1), MONTH)
        found.append(Carry(row.id, row.quota_id, frame_of(row.frame, first, row.starts_on, row.ends_on)))
    return found
