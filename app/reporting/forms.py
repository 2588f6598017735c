"""What is typed on pages with figures, made usable or refused with a sentence about the field."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from werkzeug.datastructures import MultiDict

from app.errors import N_
from app.fields import Reading

MOST_SKIPPED = 1_000_000


def check_agreed(form: MultiDict[str, str]) -> None:
    """Refuses: `InvalidInput` while nobody says that the people's representatives agree."""
    reading = Reading(form)
    if not reading.is_ticked("confirm"):
        reading.refuse("confirm", N_("Setz bitte den Haken. Ohne Zustimmung lässt sich das nicht einschalten."))
    reading.close()


def read_month(args: MultiDict[str, str], known: Sequence[date]) -> date | None:
    """Return the month that was asked for as 2026-10, else the newest; None when there is none."""
    wanted = args.get("monat", "")
    return next((month for month in known if f"{month:%Y-%m}" == wanted), known[0] if known else None)


def read_skip(args: MultiDict[str, str]) -> int:
    return min(max(args.get("ab", 0, type=int), 0), MOST_SKIPPED)
