"""The project's own application with its care for accounts taken away: served in a control instead of `wsgi:app`.

It reads what an account has, waits a moment, and writes the sum it has worked out, whatever others took meanwhile;
writers do not queue. Together with a database without the checks, that is what a naive server does.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime

from flask import g
from sqlalchemy import insert, select, update

from app import transaction
from app.extensions import execute, table
from app.funding.models import Account, Entry
from app.funding.steps import applying, moving
from app.funding.steps.applying import Delta, Why
from wsgi import app

__all__ = ["app"]

MOMENT = 0.03
_accounts = table(Account)


def _overwrite(deltas: Sequence[Delta], why: Why, *, now: datetime) -> None:
    known = {
        delta.account_id: execute(select(_accounts).where(_accounts.c.id == delta.account_id)).one() for delta in deltas
    }
    g.writer.commit()
    time.sleep(MOMENT)
    g.writer.begin()
    for delta in deltas:
        had = known[delta.account_id]
        raised = {
            "reserved_units": had.reserved_units + delta.reserved[0],
            "reserved_cents": had.reserved_cents + delta.reserved[1],
        }
        execute(update(_accounts).where(_accounts.c.id == delta.account_id).values(raised))
        execute(insert(table(Entry)).values(applying._entry(delta, why, now)))


moving.apply = _overwrite
transaction._turn = nullcontext
