"""What a phone tells of its unsent check-ins with every contact, in a cookie: that outlives its other storage.

`<device>.<owner>.<number>.<day>.<number>.<day>…`, several of these parted by `~`; the owner is the beginning of the
person's public id, a day is written 20261123.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

NAME = "outbox"
OWNER_DIGITS = 8
MOST = 100
_PART = re.compile(r"([0-9a-f-]{36})\.([0-9a-f]{8})((?:\.[1-9]\d{0,8}\.\d{8})+)", re.ASCII)
_ENTRY = re.compile(r"\.(\d+)\.(\d{8})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Told:
    """A check-in that a phone has: its number there, and the day by the phone's clock."""

    device: uuid.UUID
    seq: int
    day: date


def read(cookie: str, owner: str, today: date) -> list[Told]:
    """Read what is told of `owner` (a public id). What makes no sense is left out: anybody can write a cookie."""
    return [told for told in _all(cookie, owner) if abs(told.day - today) <= timedelta(days=400)][:MOST]


def _all(cookie: str, owner: str) -> Iterator[Told]:
    for part in cookie.split("~"):
        found = _PART.fullmatch(part)
        if found is None or found[2] != owner[:OWNER_DIGITS]:
            continue
        for number, day in _ENTRY.findall(found[3]):
            try:
                yield Told(uuid.UUID(found[1]), int(number), date.fromisoformat(day))
            except ValueError:
                continue
