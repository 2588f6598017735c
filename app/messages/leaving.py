"""Addresses by which somebody ends the mails of one topic without signing in (RFC 2369, RFC 8058)."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from app.config import Config
from app.messages.topics import TOPICS, Topic

# So that the key fits nothing else that is made from the same secret.
PURPOSE = b"leave a topic\0"


@dataclass(frozen=True)
class Leave:
    """Whose mails of which topic an address ends."""

    person_id: int
    topic: Topic


def address(settings: Config, person_id: int, topic: Topic) -> str:
    """Return the address. What it names is sealed: it tells nobody how many people there are."""
    sealed = _seal(settings).encrypt(f"{person_id} {topic.name}".encode(), None)
    return f"{settings.public_url}/abbestellen/{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"


def read_leave(settings: Config, sealed: str) -> Leave | None:
    """Open what stands in an address; None for one that we did not write, or whose topic is no more."""
    try:
        content = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        number, _, name = _seal(settings).decrypt(content, None).decode().partition(" ")
    except (InvalidTag, ValueError):
        return None
    return Leave(int(number), TOPICS[name]) if name in TOPICS else None


def _seal(settings: Config) -> AESSIV:
    """The same for the same (RFC 5297), so that a mail sent twice is the same mail."""
    return AESSIV(hashlib.sha256(PURPOSE + settings.secret_key.encode()).digest())
