"""The private halves of the keys that sign passes: files that only the service may read, never rows.

A file is named after its key id and its public half, so that two machines that made a key of the same id never take
one for the other, and a file whose row was not kept is only ever ignored.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from app.checkins import passes


class KeyUnusable(Exception):
    """The private half of a key cannot be read; the message says why."""


def make(folder: Path, kid: int) -> bytes:
    """Make a key, keep its private half in a file on disk and return the public half."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = passes.public_half(key)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(file_of(folder, kid, public), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return public


def load(folder: Path, kid: int, public: bytes) -> ec.EllipticCurvePrivateKey:
    """Return the private half that belongs to a public one. Refuses: `KeyUnusable`."""
    path = file_of(folder, kid, public)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise KeyUnusable(f"{path}: {error.strerror}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnusable(f"{path} is no private key") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or passes.public_half(key) != public:
        raise KeyUnusable(f"{path} is another key")
    return key


def forget(folder: Path, kid: int, public: bytes) -> None:
    """Remove the private half of a key that signs no more."""
    file_of(folder, kid, public).unlink(missing_ok=True)


def file_of(folder: Path, kid: int, public: bytes) -> Path:
    return folder / f"pass-{kid:02}-{hashlib.sha256(public).hexdigest()[:8]}.pem"
