"""What a pass says: one booking, without a name, signed so that a host's device can check it without network.

The host's device reads the same texts with the same rules (`pwa/lib/pass.js`); `tests/vectors/passes.json` binds both.
A pass is 23 bytes of fixed layout and a P-256 signature of 64 bytes (r and s) over them. Its 87 bytes are written as
140 characters of Crockford's base 32, whose last four bits are zero. There is exactly one way to write a pass in
capitals and one in small letters: no lookalikes, no spare bits, no second signature (s is at most half the order), so
that whatever differs from what was issued is no pass.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.checkins import codes

VERSION = 1
KIDS = 16
CHARACTERS = 140
# Version and key id (4 bits each), booking, space, seat, start minute, duration, flags, reserve.
_LAYOUT = struct.Struct(">B8sIHIHBB")
_BYTES = _LAYOUT.size + 64
# What is signed begins with its purpose: a signature made for something else with the same key is none of a pass.
_PURPOSE = b"Nahplatz pass\0"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_PATH = re.compile(r"/P/([0-9A-HJKMNP-TV-Z]{2,300})|/p/([0-9a-hjkmnp-tv-z]{2,300})", re.ASCII)
# Python reads base 32 with its own digits.
_TO_PYTHON = str.maketrans(codes.DIGITS, "0123456789ABCDEFGHIJKLMNOPQRSTUV")


@dataclass(frozen=True, slots=True)
class Pass:
    """One booking, as its pass tells it.

    `booking` is the last 8 bytes of its UUID, `space` its id, `seat` the number within the space, `start_minute` counts
    minutes since 1970 UTC, `duration` minutes. No flag means anything yet; later ones may, so readers let them be.
    """

    kid: int
    booking: bytes
    space: int
    seat: int
    start_minute: int
    duration: int
    flags: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text turned out to be. `read`: has the form of a pass, nothing is proved; `valid`: we signed it."""

    verdict: Literal["read", "valid", "foreign", "malformed", "unknown_version", "unknown_key", "bad_signature"]
    content: Pass | None = None


FOREIGN = Reading("foreign")
MALFORMED = Reading("malformed")
UNKNOWN_VERSION = Reading("unknown_version")
UNKNOWN_KEY = Reading("unknown_key")
BAD_SIGNATURE = Reading("bad_signature")


def check(text: str, origin: str, keys: Mapping[int, bytes]) -> Reading:
    """Read what a camera saw and prove it. `keys` are public keys (x and y, 64 bytes) by key id."""
    reading, signed = _read(text, origin)
    if reading.content is None:
        return reading
    key = keys.get(reading.content.kid)
    if key is None:
        return UNKNOWN_KEY
    return Reading("valid", reading.content) if _is_signed(signed, key) else BAD_SIGNATURE


def read(text: str, origin: str) -> Reading:
    """Read what a camera saw or an address that was opened, without proving it. `origin` as in PUBLIC_URL."""
    return _read(text, origin)[0]


def _read(text: str, origin: str) -> tuple[Reading, bytes]:
    rest = codes.own_path(text.strip(codes.AROUND), origin)
    if rest is None:
        return FOREIGN, b""
    path = _PATH.fullmatch(rest)
    if path is None:
        return MALFORMED, b""
    code = (path[1] or path[2]).upper()
    # The version comes first: another one may have another length.
    if codes.DIGITS.index(code[0]) >> 1 != VERSION:
        return UNKNOWN_VERSION, b""
    number = int(code.translate(_TO_PYTHON), 32)
    if len(code) != CHARACTERS or number & 15:
        return MALFORMED, b""
    signed = (number >> 4).to_bytes(_BYTES, "big")
    first, booking, space, seat, start, duration, flags, reserve = _LAYOUT.unpack_from(signed)
    if reserve != 0:
        return MALFORMED, b""
    return Reading("read", Pass(first & 15, booking, space, seat, start, duration, flags)), signed


def _is_signed(signed: bytes, key: bytes) -> bool:
    body, r, s = _parts(signed)
    # With (r, s) the pair (r, order - s) is a signature too: only the lower one counts, or a pass could be altered.
    if not (0 < r < ORDER and 0 < s <= ORDER // 2):
        return False
    try:
        _public(key).verify(encode_dss_signature(r, s), _PURPOSE + body, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _parts(signed: bytes) -> tuple[bytes, int, int]:
    body, r, s = signed[:-64], signed[-64:-32], signed[-32:]
    return body, int.from_bytes(r, "big"), int.from_bytes(s, "big")


@lru_cache(maxsize=KIDS)
def _public(key: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\4" + key)


def address(content: Pass, key: ec.EllipticCurvePrivateKey, public_url: str) -> str:
    """Sign a pass and write it as the address that its QR code says, in capitals, which a QR code packs more tightly.

    The same booking and key always give the same address. Refuses: `ValueError` when a number does not fit.
    """
    return f"{public_url}/P/{spell(seal(content, key))}".upper()


def seal(content: Pass, key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the 87 bytes of a pass. Refuses: `ValueError` when a number does not fit."""
    if not 0 <= content.kid < KIDS or len(content.booking) != 8:
        raise ValueError
    first = VERSION << 4 | content.kid
    numbers = content.space, content.seat, content.start_minute, content.duration, content.flags
    try:
        body = _LAYOUT.pack(first, content.booking, *numbers, 0)
    except struct.error as error:
        raise ValueError from error
    made = key.sign(_PURPOSE + body, ec.ECDSA(SHA256(), deterministic_signing=True))
    r, s = decode_dss_signature(made)
    return body + r.to_bytes(32, "big") + min(s, ORDER - s).to_bytes(32, "big")


def spell(signed: bytes) -> str:
    """Write bytes in base 32, left-aligned, zero bits filling the last character."""
    length = -(-len(signed) * 8 // 5)
    number = int.from_bytes(signed, "big") << (length * 5 - len(signed) * 8)
    return "".join(codes.DIGITS[number >> 5 * place & 31] for place in range(length - 1, -1, -1))


def public_half(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return x and y of the public key, as the table and hosts' devices keep it."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:]
