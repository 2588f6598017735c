"""Grant a quota, change it while people book, and end it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update

from app import transaction
from app.audit import steps as audit
from app.errors import N_, DomainError, NotFound
from app.extensions import execute, table
from app.funding import steps
from app.funding.models import GRANT, TOTAL, Account, Quota, QuotaPlace

_quotas, _accounts, _places = table(Quota), table(Account), table(QuotaPlace)


class Taken(DomainError):
    """More is reserved or used than the quota would then grant."""

    code = "taken"
    message = N_(
        "So viel ist schon gebucht oder genutzt: {units} halbe Tage in einem Konto. "
        "Weniger geht erst, wenn Buchungen abgesagt sind."
    )


class Ended(DomainError):
    """The quota has ended."""

    code = "quota_ended"
    message = N_("Dieses Kontingent ist beendet. Leg ein neues an.")


@dataclass(frozen=True)
class Grant:
    """How much of a quota: half-days and cents per account (None = no limit), until which day (None = open)."""

    units: int | None
    cents: int | None
    ends_on: date | None


@dataclass(frozen=True)
class QuotaDraft:
    """A quota to be: who grants it, to whom, how often, how much, where and by which rules."""

    employer_id: int | None
    programme_id: int | None
    name: str
    scope: str
    frame: str
    starts_on: date
    grant: Grant
    has_rooms: bool = False
    carries: bool = False
    pays_no_show: bool = False
    pays_late: bool = False
    cost_centre: str | None = None
    towns: tuple[int, ...] = ()
    spaces: tuple[int, ...] = ()


@transaction.write
def grant_quota(*, draft: QuotaDraft, actor: str, now: datetime) -> int:
    """Make a quota and return its id. Its accounts come when they are first needed."""
    values = {name: value for name, value in asdict(draft).items() if name not in {"grant", "towns", "spaces"}}
    values |= {**vars(draft.grant), "made_at": now, "version": 1}
    quota_id: int = execute(insert(_quotas).values(values).returning(_quotas.c.id)).scalar_one()
    places = [{"quota_id": quota_id, "town_id": each, "space_id": None} for each in draft.towns]
    places += [{"quota_id": quota_id, "town_id": None, "space_id": each} for each in draft.spaces]
    if places:
        execute(insert(_places), places)
    _note("grant_quota", quota_id, vars(draft.grant), actor, now)
    return quota_id


@transaction.write
def change_quota(*, quota_id: int, grant: Grant, first_on: date, actor: str, now: datetime) -> None:
    """Let every account whose frame is not over on `first_on` have another amount; what was carried over stays.

    Refuses: `NotFound`, `Ended`, `Taken` (an account has used or reserved more).
    """
    quota = execute(select(_quotas).where(_quotas.c.id == quota_id).with_for_update()).first()
    if quota is None:
        raise NotFound
    if quota.ended_at is not None:
        raise Ended
    raised = {**vars(grant), "version": _quotas.c.version + 1}
    execute(update(_quotas).where(_quotas.c.id == quota_id).values(raised))
    is_current = (_accounts.c.quota_id == quota_id, _accounts.c.last_on >= first_on)
    for account in execute(select(_accounts).where(*is_current).order_by(_accounts.c.id).with_for_update()).all():
        _regrant(account, quota, grant, (actor, now))
    if quota.frame == TOTAL:
        execute(update(_accounts).where(_accounts.c.quota_id == quota_id).values(last_on=grant.ends_on))
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


def _regrant(account: Any, quota: Any, grant: Grant, by: tuple[str, datetime]) -> None:
    """Change what one account has. Refuses: `Taken`."""
    granted, delta = {}, []
    for unit in ("units", "cents"):
        now_granted, before, after = getattr(account, f"granted_{unit}"), getattr(quota, unit), getattr(grant, unit)
        carried = 0 if now_granted is None else now_granted - (before or 0)
        granted[f"granted_{unit}"] = None if after is None else after + carried
        delta.append((granted[f"granted_{unit}"] or 0) - (now_granted or 0))
        taken = getattr(account, f"reserved_{unit}") + getattr(account, f"settled_{unit}")
        if after is not None and taken > after + carried:
            raise Taken(units=account.reserved_units + account.settled_units)
    execute(update(_accounts).where(_accounts.c.id == account.id).values(granted))
    if any(delta):
        steps.write_grant(account.id, (delta[0], delta[1]), GRANT, ("changed", by[0]), now=by[1])


def _note(action: str, quota_id: int, detail: dict[str, Any], actor: str, now: datetime) -> None:
    plain = json.loads(json.dumps(detail, default=str))
    audit.record(actor=actor, action=action, subject=("quota", quota_id), detail=plain, now=now)
