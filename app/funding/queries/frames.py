"""Which dates one account covers."""

from __future__ import annotations

from datetime import date, timedelta

from app.funding.models import MONTH, QUARTER

MONTHS = {MONTH: 1, QUARTER: 3}
LAST_MONTH = 12
# From then on what was used in the month before is told: absence is decided on the 14th day.
TOLD_FROM = 15


def frame_of(frame: str, day: date, starts_on: date, ends_on: date | None) -> tuple[date, date]:
    """Return the first and the last date of the account that a service on `day` draws on.

    Months and quarters are those of the calendar, whenever the quota starts: who joins in the middle has the whole of
    it. A total runs as long as its quota.
    """
    if frame not in MONTHS:
        return starts_on, ends_on or date.max
    length = MONTHS[frame]
    first = date(day.year, (day.month - 1) // length * length + 1, 1)
    return first, months_later(first, length) - timedelta(days=1)


def due_month(today: date) -> date:
    """Return the first day of the newest month whose use is decided: that is told then, and its statements are due."""
    return months_later(today.replace(day=1), -1 if today.day >= TOLD_FROM else -2)


def next_frame(first: date, frame: str) -> date:
    """Return the first date of the calendar month or quarter after the one that starts at `first`."""
    return months_later(first, MONTHS[frame])


def months_later(first: date, months: int) -> date:
    """Return the first day of the month that is so many months after the one of `first`."""
    number = first.year * LAST_MONTH + first.month - 1 + months
    return date(number // LAST_MONTH, number % LAST_MONTH + 1, 1)
