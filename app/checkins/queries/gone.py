"""What is remembered of erased people: digests by which their events and devices are known again, leading to nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import bindparam, select

from app.checkins.models import GoneEvent
from app.extensions import table
from app.statements import Prepared

_SALT = b"Nahplatz gone\0"
_gone = table(GoneEvent).c
_GONE = Prepared(select(_gone.digest).where(_gone.digest.in_(bindparam("digests", expanding=True))))


def gone_digest(name: UUID) -> str:
    """Return what stands for an event or a device; names are random, so that nobody can try them all."""
    return hashlib.sha256(_SALT + name.bytes).hexdigest()


def gone(names: Collection[UUID]) -> set[UUID]:
    """Return which of these events or devices were an erased person's."""
    digests = {gone_digest(name): name for name in names}
    return {digests[row.digest] for row in _GONE.rows({"digests": list(digests)})} if digests else set()
