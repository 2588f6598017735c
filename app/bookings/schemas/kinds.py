"""Days, periods and half-hours as they are written."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError


def _written_out(value: object) -> object:
    """Let a day be a date and nothing else: a number would pass as seconds since 1970."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return value
    raise PydanticCustomError("date_parsing", "not YYYY-MM-DD")


# Wide enough for every question, narrow enough for the arithmetic of days.
Day = Annotated[date, BeforeValidator(_written_out), Field(ge=date(2020, 1, 1), le=date(2100, 12, 31))]
Period = Literal["morning", "afternoon", "day"]


def _half_hour(value: object) -> object:
    """Read a time of day on the half-hour as the number of half-hours since midnight; 24:00 ends a day."""
    found = re.fullmatch(r"(\d\d):(00|30)", value) if isinstance(value, str) else None
    if found and (slot := 2 * int(found[1]) + (found[2] == "30")) <= SLOTS:
        return slot
    raise PydanticCustomError("half_hour", "not HH:00 or HH:30")


def after_start(end: int | None, info: ValidationInfo) -> int | None:
    """Refuse an end that does not follow its start."""
    start = info.data.get("start")
    if (start is None) != (end is None):
        raise MISSING if end is None else PydanticCustomError("extra_forbidden", "to without from")
    if start is not None and end is not None and end <= start:
        raise PydanticCustomError("hours_order", "to is not after from")
    return end


MISSING = PydanticCustomError("missing", "needed here")
SLOTS = 48  # half-hours of a day
_TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):(00|30)$|^24:00$")]
HalfHour = Annotated[int, BeforeValidator(_half_hour, json_schema_input_type=_TimeOfDay)]
