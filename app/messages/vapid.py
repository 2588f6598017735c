"""The key by which push services know us (RFC 8292): a file that only the service may read, and what it signs.

Browsers bind each subscription to its public half. Another key makes all of them worthless, so an existing one is
never replaced unasked.
"""

from __future__ import annotations

import base64
import os
import secrets
import stat
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from py_vapid import Vapid02

from app.config import Config, ConfigError

# Push services accept at most 24 hours; the clocks of both sides may differ.
GOOD_FOR = timedelta(hours=12)
RENEWED_BEFORE = timedelta(hours=1)
# There are four services with some hosts each, but their names come out of endpoints that anybody may send us.
MOST_TOKENS = 256


@dataclass(frozen=True)
class Key:
    """The private half, and the public one as a browser takes it for its `applicationServerKey` (base64url)."""

    private: ec.EllipticCurvePrivateKey
    public: str


def file_of(settings: Config) -> Path:
    return settings.keys_dir / "push.pem"


def load(settings: Config) -> Key | None:
    """Return the key, or None where there is none yet: nothing is sent to phones then.

    Refuses: `ConfigError` when others may read the file, or it holds no such key.
    """
    path = file_of(settings)
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            text = file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    if mode & 0o077:
        raise ConfigError(f"{path} can be read by others (mode {mode:04o}), set it right with: chmod 0400 {path}")
    try:
        private = load_pem_private_key(text, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigError(f"{path} is no private key; bring it back from a backup.") from error
    if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
        raise ConfigError(f"{path} is no key of the curve P-256; bring it back from a backup.")
    return _key(private)


def make(settings: Config, *, is_new: bool = False) -> Key:
    """Return the key, after making it where there is none; `is_new` replaces an existing one.

    The file appears when it is whole, and of several who make it at once the first one wins.
    Refuses: `ConfigError` as `load`, or when the file cannot be written.
    """
    existing = None if is_new else load(settings)
    if existing is not None:
        return existing
    path, private = file_of(settings), ec.generate_private_key(ec.SECP256R1())
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.parent / f".push-{secrets.token_hex(8)}"
        try:
            _write(draft, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            if is_new:
                draft.replace(path)
            else:
                path.hardlink_to(draft)
        finally:
            draft.unlink(missing_ok=True)
    except FileExistsError as error:
        existing = load(settings)
        if existing is None:  # a link that leads nowhere
            raise ConfigError(f"{path} cannot be written: there is something else.") from error
        return existing
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}.") from error
    return _key(private)


def _write(path: Path, text: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _key(private: ec.EllipticCurvePrivateKey) -> Key:
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return Key(private, base64.urlsafe_b64encode(point).rstrip(b"=").decode())


def contact(settings: Config) -> str:
    """Return whom a push service may write to about what we send, as a mailto address."""
    address = settings.legal_body.email or parseaddr(settings.mail_from)[1]
    return f"mailto:{address}"


class Tokens:
    """The words that prove to a push service who we are: one for each origin, made anew every 11 hours."""

    def __init__(self, key: Key, contact: str) -> None:
        self._contact = contact
        # The library's own idea of an address is narrower than that of mail servers.
        self._signer = Vapid02(key.private, conf={"no-strict": True})
        self._kept: dict[str, tuple[datetime, str]] = {}
        self._lock = threading.Lock()

    def header(self, origin: str, *, now: datetime) -> str:
        """Return the Authorization header for the service at `origin`."""
        with self._lock:
            until, header = self._kept.get(origin, (now, ""))
            if until - RENEWED_BEFORE > now:
                return header
            if len(self._kept) >= MOST_TOKENS:
                self._kept.clear()
            until = now + GOOD_FOR
            # A dict of its own for each: the library adds to what it is given, and a token names one service only.
            claims = {"aud": origin, "exp": int(until.timestamp()), "sub": self._contact}
            header = str(self._signer.sign(claims)["Authorization"])
            self._kept[origin] = (until, header)
            return header
