"""Months as billing counts them: by their first day."""

from __future__ import annotations

from datetime import date, timedelta

# By then attendance of the month before is decided: absence on the 14th day, as design and quotas have it.
POSTED_FROM = 15
# Vouchers are kept to the end of the eighth year after their own (§ 147 AO, § 14b UStG).
YEARS_KEPT = 8


def first_of(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return first_of(month + timedelta(days=31))


def last_of(month: date) -> date:
    """Return the last day of a month."""
    return next_month(month) - timedelta(days=1)


def due_month(today: date) -> date:
    """Return the newest month whose statements can be posted: the one before, from its successor's 15th day on."""
    last = first_of(first_of(today) - timedelta(days=1))
    return last if today.day >= POSTED_FROM else first_of(last - timedelta(days=1))


def first_kept(today: date) -> date:
    """Return the first day whose vouchers are still to be kept."""
    return date(today.year - YEARS_KEPT, 1, 1)
