"""What a phone signs of an event, and whether its key did.

The phone writes the same text (`pwa/lib/signing.js`); `tests/vectors/signatures.json` binds both. The text is a JSON
array in the one way in which RFC 8785 writes it: the purpose first, so that a signature made for something else is none
of an event, then the fields in a fixed order, null for what an event does not have. A key belongs to one installation
of one person, and the installation stands in the text: so does the person, without being named.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

PURPOSE = "Nahplatz check-in"
BYTES = 64
FIELDS = (
    "schema",
    "id",
    "device",
    "seq",
    "kind",
    "code",
    "booking",
    "captured_at",
    "boot",
    "boot_ms",
    "last_server_time",
    "app_version",
    "label",
    "seat",
    "undoes",
)
CONTACT = ("at", "boot", "boot_ms")
# A batch comes from one device; colleagues' batches come in between.
KEYS_KEPT = 256


def signed_text(event: Mapping[str, Any]) -> str:
    """Write what is signed of an event, from its fields exactly as the phone wrote them."""
    contact = event.get("last_server_time")
    parts = {**event, "last_server_time": contact and [contact[name] for name in CONTACT]}
    values = [PURPOSE, *(parts.get(name) for name in FIELDS)]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def is_signed(text: str, signature: str, key: bytes) -> bool:
    """Whether `signature` (base64url of r and s) was made over `text` by the private half of `key`."""
    try:
        made, message = _bytes(signature), text.encode()
    except ValueError:
        return False
    r, s = int.from_bytes(made[:32], "big"), int.from_bytes(made[32:], "big")
    try:
        _public(key).verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def read_key(text: str) -> bytes:
    """Read a public key (base64url of x and y). Refuses: `ValueError` when it is no point of P-256."""
    key = _bytes(text)
    _public(key)
    return key


def _bytes(text: str) -> bytes:
    """Read 64 bytes in the one way to write them. Refuses: `ValueError`."""
    try:
        found = base64.b64decode(text + "==", altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error
    if len(found) != BYTES or base64.urlsafe_b64encode(found).rstrip(b"=") != text.encode():
        raise ValueError(text)
    return found


@lru_cache(maxsize=KEYS_KEPT)
def _public(key: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\4" + key)
