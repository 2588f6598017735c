"""Opening accounts: each comes with the entry of its grant, when it is first needed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, insert, select

from app import transaction
from app.extensions import execute, table
from app.funding.models import GRANT, Account, Entry, Quota
from app.funding.queries import Candidate

_accounts, _entries, _quotas = table(Account), table(Entry), table(Quota)


def opened(candidate: Candidate, *, now: datetime) -> int:
    """Return the id of a candidate's account, which is made when there is none yet."""
    if candidate.account_id is not None:
        return candidate.account_id
    return open_account(candidate.quota_id, candidate.holder, (candidate.first_on, candidate.last_on), now=now)


def open_account(quota_id: int, holder: int, dates: tuple[date, date], *, now: datetime) -> int:
    """Make an account for a holder from a first to a last date, as its quota grants now. Returns its id.

    The quota is locked meanwhile, so that whoever changes it finds this account. Begins the operation anew when
    somebody else has just made the same.
    """
    granted = execute(select(_quotas.c.units, _quotas.c.cents).where(_quotas.c.id == quota_id).with_for_update()).one()
    is_it = (_accounts.c.quota_id == quota_id, _accounts.c.holder == holder, _accounts.c.first_on == dates[0])
    if execute(select(_accounts.c.id).where(*is_it)).first() is not None:
        raise transaction.Again
    values = {
        "quota_id": quota_id,
        "holder": holder,
        "first_on": dates[0],
        "last_on": dates[1],
        "granted_units": granted.units,
        "granted_cents": granted.cents,
        "base_units": granted.units,
        "base_cents": granted.cents,
    }
    account_id: int = execute(insert(_accounts).values(values).returning(_accounts.c.id)).scalar_one()
    write_grant(account_id, (granted.units or 0, granted.cents or 0), (GRANT, "opened", "system"), now=now)
    return account_id


def write_grant(
    account_id: int, amount: tuple[int, int], what: tuple[str, str, str], *, key: str | None = None, now: datetime
) -> None:
    """Write down that an account was granted so many units and cents more or less.

    `what`: kind (grant or carry), reason and actor; `key`: what it was for where it may happen only once.
    """
    if key is None:
        count = select(func.count()).where(_entries.c.account_id == account_id, _entries.c.booking_uuid.is_(None))
        key = f"grant/{account_id}/{execute(count).scalar_one()}"
    granted = {"granted_units": amount[0], "granted_cents": amount[1]}
    said = dict(zip(("kind", "reason", "actor"), what, strict=True)) | {"made_at": now, "key": key}
    execute(insert(_entries).values(account_id=account_id, **granted, **said))
