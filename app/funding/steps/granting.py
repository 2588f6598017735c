"""Making quotas, letting them grant another amount or follow other rules, for employers and programmes alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, literal, select, update

from app.extensions import execute, table
from app.funding import queries
from app.funding.models import GRANT, TOTAL, Account, Quota, QuotaPlace
from app.funding.queries import Rules
from app.funding.steps.opening import write_grant

_quotas, _accounts, _places = table(Quota), table(Account), table(QuotaPlace)


@dataclass(frozen=True)
class Grant:
    """How much of a quota: half-days and cents per account (None = no limit), until which day (None = open)."""

    units: int | None
    cents: int | None
    ends_on: date | None


@dataclass(frozen=True)
class QuotaDraft:
    """A quota to be: who grants it, to whom, how often, how much, and by which rules."""

    employer_id: int | None
    programme_id: int | None
    scope: str
    frame: str
    starts_on: date
    grant: Grant
    rules: Rules


def make_quota(draft: QuotaDraft, *, now: datetime) -> int:
    """Make a quota with its places and return its id. Its accounts come when they are first needed."""
    values = {name: value for name, value in vars(draft).items() if name not in {"grant", "rules"}}
    values |= {**vars(draft.grant), **_columns(draft.rules), "made_at": now, "version": 1}
    quota_id: int = execute(insert(_quotas).values(values).returning(_quotas.c.id)).scalar_one()
    _place(quota_id, draft.rules)
    return quota_id


def change_rules(quota_id: int, rules: Rules) -> None:
    """Let other rules hold on a locked quota. What is reserved keeps what was promised for it: that is in its entry."""
    values = _columns(rules) | {"version": _quotas.c.version + 1}
    execute(update(_quotas).where(_quotas.c.id == quota_id).values(values))
    execute(delete(_places).where(_places.c.quota_id == quota_id))
    _place(quota_id, rules)


def _columns(rules: Rules) -> dict[str, Any]:
    """Return what stands in the row of a quota; places are rows of their own."""
    return {name: value for name, value in vars(rules).items() if name not in {"towns", "spaces"}}


def _place(quota_id: int, of: Rules) -> None:
    places = [{"quota_id": quota_id, "town_id": each, "space_id": None} for each in of.towns]
    places += [{"quota_id": quota_id, "town_id": None, "space_id": each} for each in of.spaces]
    if places:
        execute(insert(_places), places)


def regrant(quota_id: int, grant: Grant, first_on: date, by: tuple[str, datetime]) -> None:
    """Let every account of a locked quota whose frame is not over on `first_on` have another amount.

    A total lasts as long as its quota: one that was over and now is no longer has the other amount too. What was
    carried over stays. Where more is taken already that stays granted too. `by`: actor and moment.
    """
    raised = {**vars(grant), "version": _quotas.c.version + 1}
    frame = execute(
        update(_quotas).where(_quotas.c.id == quota_id).values(raised).returning(_quotas.c.frame)
    ).scalar_one()
    last_on = literal(grant.ends_on) if frame == TOTAL else _accounts.c.last_on
    is_current = (_accounts.c.quota_id == quota_id, last_on >= first_on)
    execute(select(_accounts.c.id).where(*is_current).order_by(_accounts.c.id).with_for_update()).all()
    carried = (queries.carried(unit).label(f"carried_{unit}") for unit in ("units", "cents"))
    for account in execute(select(_accounts, *carried).where(*is_current).order_by(_accounts.c.id)).all():
        _regrant(account, grant, by)
    if frame == TOTAL:
        execute(update(_accounts).where(_accounts.c.quota_id == quota_id).values(last_on=grant.ends_on))


def _regrant(account: Any, grant: Grant, by: tuple[str, datetime]) -> None:
    """Change what one account has, as far as it is not taken."""
    granted: dict[str, int | None] = {"base_units": grant.units, "base_cents": grant.cents}
    delta = []
    for unit in ("units", "cents"):
        before, after = getattr(account, f"granted_{unit}"), getattr(grant, unit)
        taken = getattr(account, f"reserved_{unit}") + getattr(account, f"settled_{unit}")
        new = None if after is None else max(after + int(getattr(account, f"carried_{unit}")), taken)
        granted[f"granted_{unit}"] = new
        delta.append((new or 0) - (before or 0))
    execute(update(_accounts).where(_accounts.c.id == account.id).values(granted))
    if any(delta):
        write_grant(account.id, (delta[0], delta[1]), (GRANT, "changed", by[0]), now=by[1])
