"""Whether this house came out of a backup of late, so that phones know something that it does not."""

from __future__ import annotations

from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, bindparam, select

from app.checkins.models import Restore
from app.extensions import db, table
from app.statements import Prepared

# So long phones keep what they have sent.
PHONES_KEEP = timedelta(days=30)
# Restoring takes longer than this, and every phone asks.
LOOK_AGAIN = timedelta(minutes=1)

_restores = table(Restore).c
_LAST = Prepared(
    select(_restores.backup_made_at)
    .where(_restores.restored_at > bindparam("since"))
    .order_by(_restores.restored_at.desc(), _restores.id.desc())
    .limit(1)
)
_seen: WeakKeyDictionary[Engine, tuple[datetime, datetime | None]] = WeakKeyDictionary()


def resend_since(*, now: datetime) -> datetime | None:
    """Return since when phones are asked to send again what they had sent; None when nothing was restored of late."""
    looked_at, found = _seen.get(db.engine, (None, None))
    if looked_at is None or not looked_at <= now < looked_at + LOOK_AGAIN:
        found = _LAST.scalar({"since": now - PHONES_KEEP})
        _seen[db.engine] = now, found
    return found
