"""Grant a quota, change it while people book, and end it."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from app import clock, transaction
from app.audit import steps as audit
from app.errors import N_, DomainError, NotFound
from app.extensions import execute, table
from app.funding import queries, steps
from app.funding.models import Quota
from app.funding.steps import Grant, QuotaDraft

_quotas = table(Quota)


class Ended(DomainError):
    """The quota has ended."""

    code = "quota_ended"
    message = N_("Dieses Kontingent ist beendet. Leg ein neues an.")


@transaction.write
def grant_quota(*, draft: QuotaDraft, actor: str, now: datetime) -> int:
    """Make a quota and return its id. Its accounts come when they are first needed."""
    quota_id = steps.make_quota(draft, now=now)
    _note("grant_quota", quota_id, vars(draft.grant), actor, now)
    return quota_id


@transaction.write
def change_quota(*, quota_id: int, grant: Grant, first_on: date, actor: str, now: datetime) -> None:
    """Let every account whose frame is not over on `first_on` have another amount; what was carried over stays.

    Where more is taken already that stays granted too: nobody loses a booking, and whoever lowers an amount does not
    learn by refusals how much somebody has booked. Refuses: `NotFound`, `Ended`.
    """
    quota = execute(select(_quotas).where(_quotas.c.id == quota_id).with_for_update()).first()
    if quota is None:
        raise NotFound
    if quota.ended_at is not None:
        raise Ended
    steps.regrant(quota_id, grant, first_on, (actor, now))
    detail = {"before": {name: getattr(quota, name) for name in vars(grant)}, "after": vars(grant)}
    _note("change_quota", quota_id, detail, actor, now)


@transaction.write
def end_quota(*, quota_id: int, actor: str, now: datetime) -> None:
    """Let nobody book on a quota any more; what is reserved stays reserved. Doing so twice is doing so once.

    Refuses: `NotFound`.
    """
    quota = execute(select(_quotas.c.ended_at).where(_quotas.c.id == quota_id).with_for_update()).first()
    if quota is None:
        raise NotFound
    if quota.ended_at is None:
        execute(update(_quotas).where(_quotas.c.id == quota_id).values(ended_at=now, version=_quotas.c.version + 1))
        _note("end_quota", quota_id, {}, actor, now)


@transaction.write
def carry_over(*, account_id: int, now: datetime) -> bool:
    """Grant what is left of an account, 15 days after its frame, to the same holder's next one. Returns whether it did.

    Two entries, one less and one more, whose keys name the old account: doing so twice is doing so once. The quota is
    locked first, then both accounts in the order of their ids. Nothing is carried while anything is reserved.
    """
    due = queries.carry_due(clock.local_day(now, queries.TIMEZONE), account_id)
    if due is None:
        return False
    execute(select(_quotas.c.id).where(_quotas.c.id == due.quota_id).with_for_update())
    return steps.carry(account_id, due.next_frame, now=now)


def _note(action: str, quota_id: int, detail: dict[str, Any], actor: str, now: datetime) -> None:
    plain = json.loads(json.dumps(detail, default=str))
    audit.record(actor=actor, action=action, subject=("quota", quota_id), detail=plain, now=now)
