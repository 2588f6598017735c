"""Close a programme's books, and correct them by hand afterwards."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from app import clock, transaction
from app.audit import steps as audit
from app.errors import N_, DomainError
from app.extensions import execute, table
from app.funding import steps
from app.funding.models import POOL, Account, Programme, Quota
from app.funding.operations import programmes
from app.funding.queries import ALL, FROZEN_AFTER, TIMEZONE
from app.funding.steps import Correction

_programmes, _quotas, _accounts = table(Programme), table(Quota), table(Account)


class NotClosed(DomainError):
    """The books are still open: what is wrong there is decided anew by itself."""

    code = "books_open"
    message = N_("Die Summen sind noch nicht festgeschrieben. Bis dahin ändern sie sich von selbst.")


class BeyondBudget(DomainError):
    """More would be used than the budget has, or less than nothing."""

    code = "beyond_budget"
    message = N_("So geht es nicht auf: Genutzt sein kann nie weniger als nichts und nie mehr als das Budget.")


@transaction.write
def freeze_programme(*, programme_id: int, now: datetime) -> bool:
    """Close a programme's books 15 days after its end, with the sums of what it paid. Returns whether it did.

    All its charges are decided by then; what is decided anew later becomes a correction beside the sums.
    Refuses: `NotFound`.
    """
    row = programmes.locked(programme_id)
    if row.frozen_at is not None or clock.local_day(now, TIMEZONE) < row.ends_on + FROZEN_AFTER:
        return False
    budget = select(_quotas.c.id).where(_quotas.c.programme_id == programme_id, _quotas.c.scope == POOL)
    ids = select(_accounts.c.id).where(_accounts.c.quota_id.in_(budget)).order_by(_accounts.c.id).with_for_update()
    accounts = [account.id for account in execute(ids)]
    sums = (func.coalesce(func.sum(_accounts.c[f"settled_{unit}"]), 0) for unit in ("units", "cents"))
    units, cents = execute(select(*sums).where(_accounts.c.id.in_(accounts))).one()
    values = {"frozen_at": now, "frozen_units": int(units), "frozen_cents": int(cents)}
    execute(update(_programmes).where(_programmes.c.id == programme_id).values(values))
    _note("freeze_programme", row.slug, {"units": int(units), "cents": int(cents)}, "worker", now)
    return True


@transaction.write
def correct_programme(
    *, programme_id: int, correction: Correction, token: uuid.UUID, actor: str, now: datetime
) -> bool:
    """Write a counter-entry beside the sums of closed books: on the budget's account, without a booking.

    `token` names this one correction: sending it twice writes it once. Returns whether it is new.
    Refuses: `NotFound`, `NotClosed`, `BeyondBudget`.
    """
    row = programmes.locked(programme_id)
    if row.frozen_at is None:
        raise NotClosed
    [budget] = [quota for quota in programmes.locked_rules(programme_id) if quota.scope == POOL]
    account_id = execute(select(_accounts.c.id).where(_accounts.c.quota_id == budget.id)).scalar()
    if account_id is None:  # nobody has ever booked on it
        account_id = steps.open_account(budget.id, ALL, (row.starts_on, row.ends_on), now=now)
    is_new = steps.correct(account_id, correction, actor, key=f"officer/{token.hex}", now=now)
    if is_new is None:
        raise BeyondBudget
    if is_new:
        _note("correct_programme", row.slug, vars(correction), actor, now)
    return is_new


def _note(action: str, slug: str, detail: dict[str, Any], actor: str, now: datetime) -> None:
    plain = json.loads(json.dumps(detail, default=str))
    audit.record(actor=actor, action=action, subject=("programme", slug), detail=plain, now=now)
