"""Kinds of values in an import file, each with the sentence that says what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.errors import N_


def _readable(text: str) -> str:
    """Refuse what no screen shows and no database keeps."""
    if any(unicodedata.category(sign) in {"Cc", "Cs", "Co", "Cn"} and sign != "\n" for sign in text):
        raise PydanticCustomError("unreadable", N_("Hier stehen Zeichen, die niemand lesen kann."))
    return text


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise PydanticCustomError("timezone", N_("Diese Zeitzone gibt es nicht (gemeint ist etwa Europe/Berlin)."))
    return name


def _minute(text: object) -> int:
    """Read 08:00 as minutes after midnight; 24:00 is the end of the day."""
    found = re.fullmatch(r"([0-9]{2}):([0-5][0-9])", text) if isinstance(text, str) else None
    minute = int(found[1]) * 60 + int(found[2]) if found else -1
    if not 0 <= minute <= 24 * 60:
        raise PydanticCustomError("clock", N_("Das ist keine Uhrzeit (gemeint ist etwa 08:00)."))
    return minute


def _ascending(minutes: list[int]) -> list[int]:
    if not minutes[0] < minutes[1] < minutes[2]:
        raise PydanticCustomError("hours", N_("Öffnen, Teilen und Schließen müssen in dieser Reihenfolge liegen."))
    return minutes


def _known(facts: dict[str, str]) -> dict[str, str]:
    if any(said not in {"yes", "no"} for name, said in facts.items() if not name.endswith("_note")):
        text = N_("In safety steht yes oder no; Unbekanntes fehlt, Genaueres in _note.")
        raise PydanticCustomError("safety", text)
    return facts


READABLE = AfterValidator(_readable)
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), AfterValidator(_readable)
]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), READABLE]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), READABLE]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), READABLE]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), READABLE]
DeskName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60), READABLE]

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
CountyKey = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
TownKey = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]
Plz = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[!-~]+$", max_length=300)]
Phone = Annotated[str, StringConstraints(pattern=r"^[+]?[0-9][0-9 /()-]{3,38}$")]
Since = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
Timezone = Annotated[str, AfterValidator(_zone)]

Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=100_000_000)]
Cents = Annotated[int, Field(ge=0, le=1_000_000)]
Number = Annotated[int, Field(ge=1, le=9999)]
Rank = Annotated[int, Field(ge=0, le=9999)]

Weekday = Literal["mo", "di", "mi", "do", "fr", "sa", "so"]
Clock = Annotated[int, BeforeValidator(_minute)]
DayHours = Annotated[list[Clock], Field(min_length=3, max_length=3), AfterValidator(_ascending)]

SafetyFact = Annotated[
    str,
    StringConstraints(
        pattern=r"^(desk|chair|screen|light|first_aid|fire_extinguisher|escape_plan|wifi|phone_booth)(_note)?$"
    ),
]
SafetyFacts = Annotated[dict[SafetyFact, Note], AfterValidator(_known)]
