"""How quotas stand: granted, committed, where it leads, and and what was used, no sooner than it may be seen.

Whoever grants never learns who was where and when. Live there is only what is committed, which is reserved and used in
one. The split of the two is that of the books as they stood at the end of the 15th day before today: no service that
is younger than 14 days is in it. Of groups of fewer than five people nothing is told but what was granted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app import clock
from app.extensions import execute, table
from app.funding.models import CARRY, Account, Entry
from app.funding.queries.candidates import ALL
from app.funding.queries.frames import frame_of
from app.funding.queries.quotas import QuotaFacts

# Of fewer people a number would lead to one of them.
FEWEST = 5
TIMEZONE = "Europe/Berlin"
# How new bookings have come in of late says how they will; a new quota's first days are stretched to a week.
PACE_DAYS, LEAST_PACE_DAYS = 28, 7
SPLIT_DAYS = 15
FRAMES_SHOWN = 12

Limit = tuple[int | None, int | None]  # units and cents; None = no limit
Amount = tuple[int, int]


@dataclass(frozen=True)
class Standing:
    """One quota in one frame of dates, (units, cents) each. `committed` and what follows is None for small groups.

    `used` and `reserved` are the books of `as_of`; None while nothing of the frame is old enough.
    """

    first_on: date
    last_on: date
    granted: Limit
    committed: Amount | None
    forecast: Amount | None
    used: Amount | None
    reserved: Amount | None
    as_of: date


# How many people may use a quota on a day.
Group = Callable[[date], int]


def standing(quota: QuotaFacts, group: Group, *, now: datetime) -> Standing:
    """Return how a quota stands in the present frame, or in its first or last one before it begins or after it ended.

    The forecast for the end of the frame: what is committed, and for each day that is left as much as was newly
    committed per day in the last 28 days, cancellations deducted; never more than is granted. While a quota is younger
    than 28 days its own age counts, but at least a week.
    """
    today = clock.local_day(now, TIMEZONE)
    day = max(today, quota.starts_on)
    if quota.ends_on is not None:
        day = min(day, quota.ends_on)
    return _standing(quota, group, frame_of(quota.frame, day, quota.starts_on, quota.ends_on), now=now)


def past_standings(quota: QuotaFacts, group: Group, *, now: datetime) -> list[Standing]:
    """Return how a quota stood in the last twelve frames that are over and had an account, newest first."""
    account = table(Account).c
    today = clock.local_day(now, TIMEZONE)
    rows = execute(
        select(account.first_on, account.last_on)
        .where(account.quota_id == quota.id, account.last_on < today)
        .group_by(account.first_on, account.last_on)
        .order_by(account.first_on.desc())
        .limit(FRAMES_SHOWN)
    ).all()
    return [_standing(quota, group, (row.first_on, row.last_on), now=now) for row in rows]


def _standing(quota: QuotaFacts, group: Group, frame: tuple[date, date], *, now: datetime) -> Standing:
    today = clock.local_day(now, TIMEZONE)
    as_of = today - timedelta(days=SPLIT_DAYS)
    people = min(group(today), group(min(today, frame[1])))
    if people < FEWEST:
        return Standing(*frame, _nominal(quota, people), None, None, None, None, as_of)
    account = table(Account).c
    is_it = (account.quota_id == quota.id, account.first_on == frame[0])
    row = execute(
        select(
            func.count().filter(account.holder >= ALL).label("holders"),
            *(func.coalesce(func.sum(account[f"{kind}_{unit}"]), 0) for kind in KINDS for unit in ("units", "cents")),
        ).where(*is_it)
    ).one()
    sums = [int(each) for each in row[1:]]
    committed = sums[2] + sums[4], sums[3] + sums[5]
    granted = _granted(quota, people, int(row.holders), (sums[0], sums[1]))
    days_left = max(0, (frame[1] - max(today, frame[0] - timedelta(days=1))).days)
    forecast = _forecast(quota, committed, granted, days_left, now=now)
    used, reserved = _books(quota.id, frame[0], as_of) if frame[0] <= as_of else (None, None)
    return Standing(*frame, granted, committed, forecast, used, reserved, as_of)


KINDS = ("granted", "reserved", "settled")


def _nominal(quota: QuotaFacts, people: int) -> Limit:
    """What is granted to so many people who have no accounts yet."""
    times = people if quota.is_for_each else 1
    units, cents = (None if each is None else each * times for each in (quota.units, quota.cents))
    return units, cents


def _granted(quota: QuotaFacts, people: int, holders: int, opened: Amount) -> Limit:
    """What accounts have, and what those will have who have not booked yet."""
    waiting = max(0, (people if quota.is_for_each else 1) - holders)
    units, cents = (
        None if each is None else opened[n] + each * waiting for n, each in enumerate((quota.units, quota.cents))
    )
    return units, cents


def _forecast(quota: QuotaFacts, committed: Amount, granted: Limit, days_left: int, *, now: datetime) -> Amount:
    entry, account = table(Entry).c, table(Account).c
    age = (now - quota.made_at).days + 1
    days = min(PACE_DAYS, max(LEAST_PACE_DAYS, age))
    recent = execute(
        select(*(_taken(entry, unit) for unit in ("units", "cents")))
        .join_from(table(Entry), table(Account), account.id == entry.account_id)
        .where(account.quota_id == quota.id, entry.made_at > now - timedelta(days=days))
    ).one()
    found = []
    for taken, pace, most in zip(committed, recent, granted, strict=True):
        more = (max(0, int(pace)) * days_left * 2 + days) // (2 * days)
        found.append(taken + more if most is None else max(taken, min(taken + more, most)))
    return found[0], found[1]


def _taken(entry: Any, unit: str) -> Any:
    return func.coalesce(func.sum(entry[f"reserved_{unit}"] + entry[f"settled_{unit}"]), 0)


def _books(quota_id: int, first_on: date, as_of: date) -> tuple[Amount, Amount]:
    """Return what was used and reserved of a frame when `as_of` ended."""
    entry, account = table(Entry).c, table(Account).c
    until = clock.moment_of(as_of + timedelta(days=1), 0, TIMEZONE)
    names = [f"{kind}_{unit}" for kind in ("settled", "reserved") for unit in ("units", "cents")]
    row = execute(
        select(*(func.coalesce(func.sum(entry[name]), 0) for name in names))
        .join_from(table(Entry), table(Account), account.id == entry.account_id)
        .where(account.quota_id == quota_id, account.first_on == first_on, entry.made_at < until)
    ).one()
    return (int(row[0]), int(row[1])), (int(row[2]), int(row[3]))


@dataclass(frozen=True)
class Change:
    """What another amount would do: to so many accounts, of which so many have more taken than they would then have.

    At least so many, in steps of five; None = too few people for a number.
    """

    accounts: int | None
    beyond: int | None


def change_of(quota: QuotaFacts, units: int | None, cents: int | None, *, today: date) -> Change:
    """Return what an amount of `units` and `cents` per account would do to the accounts of this and later frames."""
    account = table(Account).c
    rows = execute(
        select(
            account.reserved_units + account.settled_units - carried("units"),
            account.reserved_cents + account.settled_cents - carried("cents"),
        ).where(account.quota_id == quota.id, account.last_on >= today)
    ).all()
    beyond = sum((units is not None and row[0] > units) or (cents is not None and row[1] > cents) for row in rows)
    return Change(at_least(len(rows)), at_least(beyond))


def carried(unit: str) -> Any:
    """Return, as a part of a question about accounts, what each got from its frame before or gave to the next."""
    entry = table(Entry).c
    total = func.coalesce(func.sum(entry[f"granted_{unit}"]), 0)
    return select(total).where(entry.account_id == table(Account).c.id, entry.kind == CARRY).scalar_subquery()


def at_least(count: int) -> int | None:
    """Return a number in steps of five, None below: whoever asks twice shall not find one person in the difference."""
    return count - count % FEWEST or None
