"""The only reader of the system clock, and the one place where a local day becomes moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local_day(moment: datetime, timezone: str) -> date:
    """Return the calendar day on the wall of `timezone` at `moment`."""
    return moment.astimezone(zone(timezone)).date()


@lru_cache(maxsize=4096)
def moment_of(day: date, minute: int, timezone: str) -> datetime:
    """Return the moment (UTC) at which the wall clock of `timezone` shows `minute` (0 to 1440) of `day`.

    A wall time that is skipped in spring means the moment at which the clock jumps; of the doubled hour in
    autumn the first one is meant (zoneinfo, PEP 495 fold=0).
    """
    naive = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    local = naive.replace(tzinfo=zone(timezone))
    moment = local.astimezone(UTC)
    if moment.astimezone(zone(timezone)).replace(tzinfo=None) == naive:
        return moment
    return _jump(local)


def _jump(skipped: datetime) -> datetime:
    """Return the moment of the jump over `skipped`: of both readings of a gap, fold=1 lies before it."""
    before = skipped.replace(fold=1).astimezone(UTC)
    after = skipped.replace(fold=0).astimezone(UTC)
    gap = after - before
    offset_after = after.astimezone(skipped.tzinfo).utcoffset()
    low, high = before, before + gap
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) / 2
        if middle.astimezone(skipped.tzinfo).utcoffset() == offset_after:
            high = middle
        else:
            low = middle
    return high.replace(second=0, microsecond=0)
