"""What was granted and what became of it: for the person it was granted to, and as numbers for who granted it."""

from app.reporting.queries.counts import MonthCounts, PersonCount, first_shown, month_counts, shown_months
from app.reporting.queries.own import PAGE, OwnAccount, OwnDay, OwnDays, Step, own_accounts, own_days

__all__ = [
    "PAGE",
    "MonthCounts",
    "OwnAccount",
    "OwnDay",
    "OwnDays",
    "PersonCount",
    "Step",
    "first_shown",
    "month_counts",
    "own_accounts",
    "own_days",
    "shown_months",
]
