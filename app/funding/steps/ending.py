"""When a programme may end."""

from __future__ import annotations

from datetime import date, timedelta

from app.errors import N_, InvalidInput

# Whoever has booked beyond the new end shall have time to choose who pays instead: at least four days.
NOTICE_DAYS = 7
# A programme for a single day at one space, for one person, would have a statement that says whether they came.
LEAST_DAYS, MOST_DAYS = 28, 5 * 366
TOO_SHORT = N_(
    "Ein Programm gilt mindestens 28 Tage. Kürzer würde seine Abrechnung verraten, wer an welchem Tag wo war."
)


def check_end(ends_on: date, *, starts_on: date, present: date, today: date) -> None:
    """Look whether a programme may end on a day. Refuses: `InvalidInput` (within a week, too short or too late)."""
    if ends_on == present:
        return
    if ends_on < today + timedelta(days=NOTICE_DAYS):
        raise InvalidInput({"ends_on": N_("Frühestens in 7 Tagen: Wer gebucht hat, braucht Zeit, neu zu wählen.")})
    if ends_on < starts_on + timedelta(days=LEAST_DAYS - 1):
        raise InvalidInput({"ends_on": TOO_SHORT})
    if ends_on > starts_on + timedelta(days=MOST_DAYS):
        raise InvalidInput(
            {"ends_on": N_("Das Ende liegt zu weit in der Zukunft: höchstens fünf Jahre nach dem Anfang.")}
        )
