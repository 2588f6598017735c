"""The changing part of a display's code: which 30 seconds it was shown in, provable only with the display's key.

The display writes the same marks with the same rules (`pwa/lib/windows.js`); `tests/vectors/windows.json` binds both. A
mark is the first 40 bits of an HMAC (SHA-256) over the number of the window, as 8 characters of Crockford's base 32.
Nobody without the key can tell the next one, and a photo of one is worth two and a half minutes.
"""

from __future__ import annotations

import hmac
import re
from datetime import UTC, datetime, timedelta

from app.checkins import codes

SECONDS = 30
# So many windows before and after are right as well: clocks differ, and somebody holds the camera for a while.
AROUND = 2
_PURPOSE = b"Nahplatz display\0"
_PATH = re.compile(r"[^?#]*/c/[0-9a-z-]{20,40}/([0-9a-hjkmnp-tv-z]{8})", re.IGNORECASE | re.ASCII)
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


def window_at(moment: datetime) -> int:
    """Return the number of the window that a moment lies in, counted from 1970."""
    return (moment - _FIRST) // timedelta(seconds=SECONDS)


def mark(key: bytes, window: int) -> str:
    """Return what a display shows in a window."""
    made = hmac.digest(key, _PURPOSE + window.to_bytes(8, "big", signed=True), "sha256")
    number = int.from_bytes(made[:5], "big")
    return "".join(codes.DIGITS[number >> shift & 31] for shift in range(35, -1, -5))


def mark_in(text: str) -> str | None:
    """Return the mark in the address that a display showed, or None when it has none."""
    path = _PATH.fullmatch(text.strip(codes.AROUND))
    return path[1].upper() if path else None


def is_right(key: bytes, shown: str, at: datetime) -> bool:
    """Whether a display with this key, whose clock is right, showed this about then."""
    window = window_at(at)
    around = range(window - AROUND, window + AROUND + 1)
    said = shown.encode(errors="replace")  # text that is not ASCII cannot be compared
    return any(hmac.compare_digest(mark(key, each).encode(), said) for each in around)
