"""Days on which places are open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from app.spaces.queries.directory import Opening, SpaceFacts


def next_open_day(spaces: Iterable[SpaceFacts], after: date, within: int = 14) -> date:
    """Return the first day after `after` on which any of `spaces` is open, else the day after it."""
    known = list(spaces)
    for days in range(1, within + 1):
        day = date.fromordinal(after.toordinal() + days)
        if any(isinstance(space.opening(day), Opening) for space in known):
            return day
    return date.fromordinal(after.toordinal() + 1)
