"""Quotas of employers begin and end with a month.

Those that begin or end a day apart would tell, each with its sum, who was where on which day.
"""

from __future__ import annotations

from datetime import date, timedelta

from app.errors import N_
from app.funding.queries import months_later

STARTS_OFFERED, ENDS_OFFERED = 13, 36
WHOLE = N_("Ein Kontingent gilt für ganze Monate. Sonst würde es verraten, wer an welchem Tag wo war.")


def first_days(today: date) -> list[date]:
    """Return the days on which a new quota may begin, as far as they are offered."""
    return [months_later(today, ahead) for ahead in range(STARTS_OFFERED)]


def last_days(today: date) -> list[date]:
    """Return the days on which a quota may end, as far as they are offered."""
    return [months_later(today, ahead) - timedelta(days=1) for ahead in range(1, ENDS_OFFERED + 1)]


def is_first(day: date) -> bool:
    return day.day == 1


def is_last(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1
