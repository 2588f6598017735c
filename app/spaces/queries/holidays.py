"""Public holidays of North Rhine-Westphalia, by PyPI's `holidays`."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays


def holiday(day: date) -> str | None:
    """Return the German name of the public holiday in North Rhine-Westphalia on `day`, or None."""
    return _holidays(day.year).get(day)


@lru_cache(maxsize=32)
def _holidays(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("DE", subdiv="NW", years=year, language="de"))
