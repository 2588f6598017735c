"""Whether this house came out of a backup of late, so that phones know something that it does not."""

from __future__ import annotations

from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, bindparam, func, select

from app.checkins.models import Restore
from app.extensions import db, table
from app.statements import Prepared

# So long phones keep what they have sent.
PHONES_KEEP = timedelta(days=30)
# Restoring takes longer than this, and every phone asks.
LOOK_AGAIN = timedelta(minutes=1)

_restores = table(Restore).c
_LATE = Prepared(
    select(func.min(_restores.backup_made_at), func.count()).where(_restores.restored_at > bindparam("since"))
)
_seen: WeakKeyDictionary[Engine, tuple[datetime, datetime | None]] = WeakKeyDictionary()


def resend_since(*, now: datetime) -> datetime | None:
    """Return since when phones are asked to send again what they had sent; None when nothing was restored of late."""
    looked_at, found = _seen.get(db.engine, (None, None))
    if looked_at is None or not looked_at <= now < looked_at + LOOK_AGAIN:
        oldest, count = _LATE.row({"since": now - PHONES_KEEP})
        # Of several the oldest backup, because a phone may have slept through them all; and each time another moment,
        # because phones send again once for each moment they hear.
        found = oldest - (count - 1) * timedelta(milliseconds=1) if oldest is not None else None
        _seen[db.engine] = now, found
    return found
