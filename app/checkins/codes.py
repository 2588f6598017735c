"""What a sign says: made here, read strictly when a camera saw it and leniently when a person typed it.

The phone reads the same texts with the same rules (`pwa/lib/codes.js`); `tests/vectors/codes.json` binds both.
A code is 96 random bits as 20 characters of Crockford's base 32, so its last four bits are zero. The short form for
people without a camera is its first 8 characters and Crockford's check character (remainder by 37) of them.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECKS = DIGITS + "*~$=U"
BYTES = 12
# Whitespace and dashes that people and clipboards put between groups, written out: \s differs between languages.
_BETWEEN = re.compile("[ \t\r\n\u00a0\u202f\u2010-\u2014\u2212-]")
AROUND = " \t\r\n\u00a0\u202f"
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE | re.ASCII)
_ADDRESS = re.compile(r"(https?://[0-9a-z._:\[\]-]+)((?:[/?#].*)?)", re.IGNORECASE | re.ASCII | re.DOTALL)
_PATH = re.compile(r"/c/([0-9a-z-]{20,40})(?:/[0-9a-z_-]*)*", re.IGNORECASE | re.ASCII)
# 96 bits fill 19 characters and one bit, so the last one is 0 or G.
_LONG = re.compile(r"[0-9A-HJKMNP-TV-Z]{19}[0G]")
_SHORT = re.compile(r"[0-9A-HJKMNP-TV-Z]{9}")
_LOOKALIKES = str.maketrans("ILO", "110")


@dataclass(frozen=True)
class Reading:
    """What a text turned out to be; `code` is there only for `sign` (20 characters) and `short` (9)."""

    verdict: Literal["sign", "short", "foreign", "malformed"]
    code: str | None = None


FOREIGN = Reading("foreign")
MALFORMED = Reading("malformed")


def read(text: str, origin: str) -> Reading:
    """Read what a person scanned, typed, pasted or opened. `origin` is our own address, as in PUBLIC_URL."""
    trimmed = text.strip(AROUND)
    if _SCHEME.match(trimmed):
        return _read_address(trimmed, origin)
    code = _plain(trimmed)
    if _LONG.fullmatch(code):
        return Reading("sign", code)
    if _SHORT.fullmatch(code) and check_of(code[:8]) == code[8]:
        return Reading("short", code)
    return MALFORMED


def _read_address(address: str, origin: str) -> Reading:
    rest = own_path(address, origin)
    if rest is None:
        return FOREIGN
    path = _PATH.fullmatch(rest)
    code = _plain(path[1]) if path else ""
    return Reading("sign", code) if _LONG.fullmatch(code) else MALFORMED


def own_path(address: str, origin: str) -> str | None:
    """Return what follows our own origin in an address, or None when the address is not exactly one of ours."""
    parts = _ADDRESS.fullmatch(address)
    return parts[2] if parts and _plain_origin(parts[1]) == _plain_origin(origin) else None


def _plain_origin(origin: str) -> str:
    low = origin.lower()
    return low.removesuffix(":443") if low.startswith("https:") else low.removesuffix(":80")


def _plain(text: str) -> str:
    joined = _BETWEEN.sub("", text)
    # Only ASCII is put into capitals: some other letters turn into plain ones on the way.
    return joined.upper().translate(_LOOKALIKES) if joined.isascii() else ""


def draw(random: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """Draw a code whose short form needs none of the five check characters that people cannot type (`*~$=U`)."""
    while True:
        code = encode(random(BYTES))
        if check_of(code[:8]) in DIGITS:
            return code


def encode(bits: bytes) -> str:
    """Write 12 bytes as 20 characters, left-aligned."""
    number = int.from_bytes(bits, "big") << 4
    return "".join(DIGITS[number >> shift & 31] for shift in range(95, -1, -5))


def check_of(body: str) -> str:
    """Return the check character of the first eight characters of a code."""
    rest = 0
    for character in body:
        rest = (rest * 32 + DIGITS.index(character)) % 37
    return CHECKS[rest]


def short(code: str) -> str:
    """Return the short form of a code: eight characters and their check character."""
    return code[:8] + check_of(code[:8])


def printed(short_code: str) -> str:
    """Write a short form in groups, as it stands on the sign."""
    return f"{short_code[:4]}-{short_code[4:8]}-{short_code[8:]}"


def hash_of(code: str) -> str:
    """Return what the snapshot lists: a phone recognises a sign that it sees, but carries none that could be copied."""
    return hashlib.sha256(code.encode()).hexdigest()[:32]
