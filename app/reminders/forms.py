"""What people choose, as the form sends it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import N_, InvalidInput
from app.messages.queries import TOPICS, WAYS, Way

USUAL = "usual"
TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class Choices:
    """A way for each topic that shall not go its usual way, and quiet hours: minutes of the day, equal for never."""

    ways: dict[str, Way]
    quiet: tuple[int, int]


def choices(form: Mapping[str, str]) -> Choices:
    """Read the choices. Refuses: `InvalidInput`."""
    asked = {name: form.get(name, "") for name in TOPICS}
    ways = {name: way for name, way in asked.items() if way in WAYS}
    unknown = N_("Bitte wähl einen Weg aus der Liste.")
    errors = {name: unknown for name, way in asked.items() if way not in {*WAYS, USUAL}}
    begins, ends = _minute(form.get("begins", "")), _minute(form.get("ends", ""))
    is_quiet = bool(form.get("is_quiet"))
    if is_quiet:
        errors |= _doubts(begins, ends)
    if errors:
        raise InvalidInput(errors)
    return Choices(ways, (begins or 0, ends or 0) if is_quiet else (0, 0))


def _doubts(begins: int | None, ends: int | None) -> dict[str, str]:
    errors = {}
    if begins is None:
        errors["begins"] = N_("Bitte gib eine Uhrzeit ein, zum Beispiel 22:00.")
    if ends is None:
        errors["ends"] = N_("Bitte gib eine Uhrzeit ein, zum Beispiel 06:00.")
    elif begins == ends:
        errors["ends"] = N_("Anfang und Ende sind gleich. Nimm eine andere Uhrzeit, oder schalte die Ruhezeit aus.")
    return errors


def _minute(text: str) -> int | None:
    found = TIME.fullmatch(text.strip())
    return int(found[1]) * 60 + int(found[2]) if found else None


def clock(minute: int) -> str:
    """Write a minute of the day as a form shows it."""
    return f"{minute // 60:02}:{minute % 60:02}"
