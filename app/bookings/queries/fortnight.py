"""Two weeks at a time: the days that a page shows, and the way to all others that can be booked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from app.bookings.queries.counting import DAYS_AHEAD
from app.spaces import queries as spaces
from app.spaces.queries import SpaceFacts

DAYS_SHOWN = 14


@dataclass(frozen=True, slots=True)
class Fortnight:
    """Days in a row; `earlier` and `later` lead to those before and after. None: nothing can be booked there."""

    days: list[date]
    earlier: date | None
    later: date | None


def fortnight(day: date, today: date, among: Iterable[SpaceFacts]) -> Fortnight:
    """Return the fortnight around `day`, counted from `today` on; it leads to days on which any of `among` is open.

    The last one has a day more, so that nothing is left over: 84 days ahead are 85 with today.
    """
    known = list(among)
    final = DAYS_AHEAD // DAYS_SHOWN - 1
    number = min(max((day - today).days, 0) // DAYS_SHOWN, final)
    first = today + timedelta(days=number * DAYS_SHOWN)
    days = [first + timedelta(days=count) for count in range(DAYS_SHOWN + (number == final))]
    return Fortnight(
        days,
        earlier=spaces.next_open_day(known, first - timedelta(days=DAYS_SHOWN + 1)) if number else None,
        later=spaces.next_open_day(known, days[-1]) if number < final else None,
    )
