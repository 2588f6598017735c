"""What an erasure does to accounts, and what time does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, tuple_, update

from app import clock
from app.extensions import execute, table
from app.funding.models import Account, Programme, ProgrammePerson, Quota
from app.funding.queries import ALL, TIMEZONE

# After the last date of an account it leads to its holder for so long; a programme's until it has ended so long ago.
HOLDERS_KEPT = timedelta(days=90)

_accounts, _quotas, _programmes = table(Account).c, table(Quota).c, table(Programme).c


_of_programme = select(_quotas.id).where(_quotas.programme_id.is_not(None))


def forget(person_id: int) -> None:
    """Let a person's accounts lead to nobody. Their sums stay: what was used is still owed."""
    is_own = _accounts.holder == person_id
    _let_go_together(is_own, _accounts.quota_id.in_(_of_programme))
    _let_go(is_own)


def sweep(*, now: datetime, limit: int) -> int:
    """Let at most `limit` accounts of long ago lead to nobody, and forget who came by a programme's invitation.

    Returns the most of a kind. How many people a programme had is part of its report: its accounts wait until its
    books are closed, and then those of one holder stay together.
    """
    before = clock.local_day(now, TIMEZONE) - HOLDERS_KEPT
    is_closed = (_programmes.frozen_at.is_not(None), _programmes.ends_on < before)
    closed = select(_quotas.id).join(table(Programme), _programmes.id == _quotas.programme_id).where(*is_closed)
    is_named = _accounts.holder > ALL
    old = (is_named, _accounts.last_on < before, _accounts.quota_id.not_in(_of_programme))
    return max(
        _let_go(_accounts.id.in_(select(_accounts.id).where(*old).order_by(_accounts.id).limit(limit))),
        _let_go_together(is_named, _accounts.quota_id.in_(closed), limit=limit),
        _forget_invited(is_closed, limit),
    )


def _let_go(which: Any) -> int:
    """Give each of these accounts a number of its own: nobody sees either that two were of one person."""
    return int(execute(update(table(Account)).where(which).values(holder=-_accounts.id)).rowcount)


def _let_go_together(*which: Any, limit: int | None = None) -> int:
    """Give all accounts of a holder in a quota the same number. Returns how many holders."""
    first = func.min(_accounts.id)
    own = (_accounts.quota_id, _accounts.holder)
    rows = execute(select(*own, first).where(*which).group_by(*own).order_by(first).limit(limit)).all()
    for quota_id, holder, number in rows:
        of_holder = (_accounts.quota_id == quota_id, _accounts.holder == holder)
        execute(update(table(Account)).where(*of_holder).values(holder=-number))
    return len(rows)


def _forget_invited(is_closed: tuple[Any, ...], limit: int) -> int:
    people = table(ProgrammePerson)
    key = people.c.programme_id, people.c.person_id
    joined = select(*key).join(table(Programme), _programmes.id == people.c.programme_id)
    over = joined.where(*is_closed).limit(limit)
    return int(execute(delete(people).where(tuple_(*key).in_(over))).rowcount)
