"""The forms about hours and seats."""

from __future__ import annotations

from datetime import date
from typing import cast

from werkzeug.datastructures import MultiDict

from app.errors import N_
from app.fields import Reading
from app.spaces.operations import SeatDraft
from app.spaces.queries import Opening

KINDS = ("desk", "room", "booth")
MISSING = N_("Trag bitte alle drei Uhrzeiten ein, oder nimm den Haken bei „geöffnet“ weg.")


def read_week(form: MultiDict[str, str]) -> dict[int, Opening]:
    """Read the hours of a week; fields are called open-0, opens-0, splits-0 and closes-0 for Monday, and so on.

    Refuses: `InvalidInput`, naming each field.
    """
    reading = Reading(form)
    week = {day: _opening(reading, day) for day in range(7) if reading.is_ticked(f"open-{day}")}
    reading.close()
    return {day: opening for day, opening in week.items() if opening is not None}


def _opening(reading: Reading, day: int) -> Opening | None:
    opens, splits, closes = (reading.minute(f"{name}-{day}", needed=MISSING) for name in ("opens", "splits", "closes"))
    if opens is None or splits is None or closes is None:
        return None
    # Browsers write the end of the day as 00:00.
    closes = closes or 24 * 60
    if closes <= opens:
        reading.refuse(f"closes-{day}", N_("„schließt“ muss später sein als „öffnet“. Tausch diese beiden Uhrzeiten."))
    elif not opens < splits < closes:
        reading.refuse(f"splits-{day}", N_("„Vormittag endet“ muss zwischen „öffnet“ und „schließt“ liegen."))
    return Opening(opens, splits, closes)


def read_seat(form: MultiDict[str, str]) -> SeatDraft:
    """Read what is said about a seat. Refuses: `InvalidInput`, naming each field."""
    reading = Reading(form)
    draft = _seat(reading)
    reading.close()
    return draft


def read_new_seats(form: MultiDict[str, str]) -> tuple[SeatDraft, tuple[str, int]]:
    """Read what is said about new seats, their kind and how many they are. Refuses: `InvalidInput`."""
    reading = Reading(form)
    kind = reading.choice("kind", KINDS)
    count = reading.whole("count", 1, 30, N_("Wie viele? Eine Zahl von 1 bis 30."), needed=True)
    draft = _seat(reading)
    reading.close()
    return draft, (kind, count or 1)


def _seat(reading: Reading) -> SeatDraft:
    return SeatDraft(
        name=reading.line("name", 60) or "",
        note=reading.line("note", 120),
        rank=reading.whole("rank", 0, 9999, N_("Eine Zahl von 0 bis 9999; die kleinste kommt zuerst.")) or 0,
        capacity=reading.whole("capacity", 1, 500, N_("Wie viele Personen passen hinein? Eine Zahl von 1 bis 500.")),
    )


def read_prices(form: MultiDict[str, str]) -> tuple[int | None, int | None]:
    """Read the prices of a half-day and of a half-hour, in cents. Refuses: `InvalidInput`."""
    reading = Reading(form)
    prices = reading.cents("half_day"), reading.cents("half_hour")
    reading.close()
    return prices


def read_end(form: MultiDict[str, str]) -> tuple[date, str]:
    """Read from which day on a space is closed for good, and why. Refuses: `InvalidInput`."""
    reading = Reading(form)
    first_on = reading.day("first_on", needed=N_("Ab wann ist der Ort zu? Wähl einen Tag."))
    needed = N_("Sag in ein paar Worten, warum. Alle, die gebucht haben, lesen das.")
    reason = reading.line("reason", 200, needed=needed)
    if not reading.is_ticked("confirm"):
        reading.refuse("confirm", N_("Setz bitte den Haken, wenn der Ort wirklich für immer schließt."))
    reading.close()
    return cast("date", first_on), reason or ""
