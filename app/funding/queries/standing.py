"""How quotas stand: granted, committed, where it leads, and what was used, no sooner than it may be seen.

Whoever grants never learns who was where and when. Live there is only what is committed, which is reserved and used in
one: what people book and cancel, not what the worker finds out about who came. Its euros are about, because places with
different prices could be told by them. The split of the two is that of the books as they stood at the end of a month,
told when its statement is: no service that is younger than 14 days is in it, and who looks every day finds nobody's day
in what has changed. Of groups of fewer than five people nothing is told but what was granted, of a quota for each of
them no split while fewer than five have used it, and of a frame nothing before it begins: at first only its first day
can be booked.

What was granted is what whoever grants has typed, times the people: never the sum of the accounts, each of which keeps
what is taken of it when less is granted. Whoever tries one amount after the other would read from their sums how many
people have taken how much; and what people carried over would tell how many of them book at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from app import clock
from app.employers.queries import FEWEST
from app.extensions import execute, table
from app.funding.models import CARRY, WORKER, Account, Entry
from app.funding.queries.frames import due_month, frame_of, months_later
from app.funding.queries.quotas import QuotaFacts

TIMEZONE = "Europe/Berlin"
# How new bookings have come in of late says how they will; a new quota's first days are stretched to a week.
PACE_DAYS, LEAST_PACE_DAYS = 28, 7
FRAMES_SHOWN = 12
# Live euros are told in steps of so many cents.
ABOUT = 50_00

Limit = tuple[int | None, int | None]  # units and cents; None = no limit
Amount = tuple[int, int]


@dataclass(frozen=True)
class Standing:
    """One quota in one frame of dates, (units, cents) each. `committed` and what follows is None for small groups.

    `used` and `reserved` are the books of `as_of`; None while nothing of the frame is old enough or too few have used
    it. The cents of `committed` and `forecast` are rounded up to 50 euros while the frame `is_live`, which is until its
    last books are told; before the frame begins, when it `is_ahead`, there are none.
    """

    first_on: date
    last_on: date
    granted: Limit
    committed: Amount | None
    forecast: Amount | None
    used: Amount | None
    reserved: Amount | None
    as_of: date
    is_live: bool = True
    is_ahead: bool = False


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
    as_of = months_later(due_month(today), 1) - timedelta(days=1)
    people = group(min(today, frame[1]))
    granted = _given(quota, people, frame)
    if min(people, group(today)) < FEWEST:
        return Standing(*frame, granted, None, None, None, None, as_of)
    if frame[0] > today:
        return Standing(*frame, granted, None, None, None, None, as_of, is_ahead=True)
    until = clock.moment_of(as_of + timedelta(days=1), 0, TIMEZONE)
    committed = _committed(quota, frame, until)
    if not quota.is_for_each:
        granted = _with_rest(granted, quota, frame)
    is_live = frame[1] > as_of
    days_left = max(0, (frame[1] - max(today, frame[0] - timedelta(days=1))).days)
    forecast = _forecast(quota, committed, granted, days_left, now=now)
    is_told = frame[0] <= as_of and _is_used_by_enough(quota, frame, until)
    used, reserved = _books(quota.id, frame[0], until) if is_told else (None, None)
    if is_live:
        committed, forecast = _about(committed, granted), _about(forecast, granted)
    return Standing(*frame, granted, committed, forecast, used, reserved, as_of, is_live)


def _committed(quota: QuotaFacts, frame: tuple[date, date], until: datetime) -> Amount:
    """Return what is reserved and used in one, without what the worker has found out since the books that are told."""
    entry, account = table(Entry).c, table(Account).c
    row = execute(
        select(*(_taken(entry, unit) for unit in ("units", "cents")))
        .join_from(table(Entry), table(Account), account.id == entry.account_id)
        .where(*_of(quota, frame), or_(entry.made_at < until, entry.actor != WORKER))
    ).one()
    return int(row[0]), int(row[1])


def _about(amount: Amount, granted: Limit) -> Amount:
    """Round euros up, not beyond what was granted if they are not."""
    units, cents = amount
    rounded = -(-cents // ABOUT) * ABOUT
    limit = granted[1]
    return units, rounded if limit is None or cents > limit else min(rounded, limit)


def _is_used_by_enough(quota: QuotaFacts, frame: tuple[date, date], until: datetime) -> bool:
    """Whether five people have used a quota that is for each of them; one for all together knows no people."""
    if not quota.is_for_each:
        return True
    entry, account = table(Entry).c, table(Account).c
    has_taken = (entry.reserved_units + entry.settled_units > 0) & (entry.made_at < until)
    holders = (
        select(func.count(account.holder.distinct()))
        .join_from(table(Entry), table(Account), account.id == entry.account_id)
        .where(*_of(quota, frame), has_taken)
    )
    return int(execute(holders).scalar_one()) >= FEWEST


def _of(quota: QuotaFacts, frame: tuple[date, date]) -> Any:
    return table(Account).c.quota_id == quota.id, table(Account).c.first_on == frame[0]


def _given(quota: QuotaFacts, people: int, frame: tuple[date, date]) -> Limit:
    """What a frame was given: to each of so many people, whether or not they have booked, or once to all together."""
    account = table(Account).c
    # All accounts of a frame are given the same.
    given = select(func.count(), func.max(account.base_units), func.max(account.base_cents)).where(*_of(quota, frame))
    row = execute(given).one()
    amount = row[1:] if row[0] else (quota.units, quota.cents)
    times = people if quota.is_for_each else 1
    units, cents = (None if each is None else each * times for each in amount)
    return units, cents


def _with_rest(granted: Limit, quota: QuotaFacts, frame: tuple[date, date]) -> Limit:
    """Add what all together had left of the frame before."""
    entry = table(Entry).c
    rest = execute(
        select(*(func.coalesce(func.sum(entry[f"granted_{unit}"]), 0) for unit in ("units", "cents")))
        .join_from(table(Entry), table(Account), table(Account).c.id == entry.account_id)
        .where(*_of(quota, frame), entry.kind == CARRY, entry.reason == "carried_over")
    ).one()
    units, cents = (None if each is None else each + int(more) for each, more in zip(granted, rest, strict=True))
    return units, cents


def _forecast(quota: QuotaFacts, committed: Amount, granted: Limit, days_left: int, *, now: datetime) -> Amount:
    entry, account = table(Entry).c, table(Account).c
    age = (now - quota.made_at).days + 1
    days = min(PACE_DAYS, max(LEAST_PACE_DAYS, age))
    recent = execute(
        select(*(_taken(entry, unit) for unit in ("units", "cents")))
        .join_from(table(Entry), table(Account), account.id == entry.account_id)
        .where(account.quota_id == quota.id, entry.made_at > now - timedelta(days=days), entry.actor != WORKER)
    ).one()
    found = []
    for taken, pace, most in zip(committed, recent, granted, strict=True):
        more = (max(0, int(pace)) * days_left * 2 + days) // (2 * days)
        found.append(taken + more if most is None else max(taken, min(taken + more, most)))
    return found[0], found[1]


def _taken(entry: Any, unit: str) -> Any:
    return func.coalesce(func.sum(entry[f"reserved_{unit}"] + entry[f"settled_{unit}"]), 0)


def _books(quota_id: int, first_on: date, until: datetime) -> tuple[Amount, Amount]:
    """Return what was used and reserved of a frame at a moment."""
    entry, account = table(Entry).c, table(Account).c
    names = [f"{kind}_{unit}" for kind in ("settled", "reserved") for unit in ("units", "cents")]
    row = execute(
        select(*(func.coalesce(func.sum(entry[name]), 0) for name in names))
        .join_from(table(Entry), table(Account), account.id == entry.account_id)
        .where(account.quota_id == quota_id, account.first_on == first_on, entry.made_at < until)
    ).one()
    return (int(row[0]), int(row[1])), (int(row[2]), int(row[3]))


def carried(unit: str) -> Any:
    """Return, as a part of a question about accounts, what each got from its frame before or gave to the next."""
    entry = table(Entry).c
    total = func.coalesce(func.sum(entry[f"granted_{unit}"]), 0)
    return select(total).where(entry.account_id == table(Account).c.id, entry.kind == CARRY).scalar_subquery()


def at_least(count: int) -> int | None:
    """Return a number in steps of five, None below: whoever asks twice shall not find one person in the difference."""
    return count - count % FEWEST or None
