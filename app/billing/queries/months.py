"""Months as billing counts them: by their first day."""

from __future__ import annotations

from datetime import date, timedelta

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


def first_kept(today: date) -> date:
    """Return the first day whose vouchers are still to be kept."""
    return date(today.year - YEARS_KEPT, 1, 1)
