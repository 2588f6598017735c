"""The keys that sign passes: one signs, the next is known to hosts long before it does, the last is still read."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, insert, select, update

from app import transaction
from app.audit import steps as audit
from app.checkins import keys, passes, queries
from app.checkins.models import PassKey
from app.checkins.queries import LIFE, KeyFacts
from app.extensions import db

# A pass lives half as long as a key signs, so what a retired key signed is over before its successor's time is.
ROTATION = 2 * LIFE
# Hosts' devices fetch their lists every day or so; a key that nobody made in time waits until they know it.
NOTICE = timedelta(days=2)
# Clocks may differ.
MARGIN = timedelta(days=1)


@transaction.write
def make_keys(*, folder: Path, now: datetime) -> list[KeyFacts]:
    """Do what is due, and return the keys in use.

    1. Retire the keys whose last passes are over, and remove their files.
    2. Make the key that signs, when there is none, and the one that follows it.
    """
    _retire(folder, now)
    return _complete(folder, now)


@transaction.write
def replace_keys(*, folder: Path, is_leaked: bool, now: datetime) -> list[KeyFacts]:
    """Sign with a new key from now on, because the files are lost, or known to others when `is_leaked`.

    Passes of the present keys are good until they end, except when they are leaked: then hosts refuse them as soon as
    they have fetched their lists, and phones get new ones. Returns the keys in use.
    """
    for key in queries.live_keys():
        if is_leaked or key.valid_from > now:
            _withdraw(key, folder, now)
    _make(folder, valid_from=now, now=now)
    audit.record(
        actor="shell", action="new_pass_key", subject=("pass_keys", 0), detail={"is_leaked": is_leaked}, now=now
    )
    return _complete(folder, now)


def _retire(folder: Path, now: datetime) -> None:
    live = queries.live_keys()
    for key, successor in itertools.pairwise(live):
        if successor.valid_from + LIFE + MARGIN <= now:
            _withdraw(key, folder, now)


def _withdraw(key: KeyFacts, folder: Path, now: datetime) -> None:
    db.session.execute(update(PassKey).where(PassKey.kid == key.kid).values(retired_at=now))
    keys.forget(folder, key.kid, key.public_key)


def _complete(folder: Path, now: datetime) -> list[KeyFacts]:
    live = queries.live_keys()
    current = queries.current_key(live, now)
    if current is None:
        _make(folder, valid_from=now, now=now)
    if not any(key.valid_from > now for key in live):
        due = current.valid_from + ROTATION if current else now + ROTATION
        _make(folder, valid_from=max(due, now + NOTICE), now=now)
    return queries.live_keys()


def _make(folder: Path, *, valid_from: datetime, now: datetime) -> None:
    """Make a key under the id that was used longest ago."""
    rows = db.session.execute(select(PassKey.kid, PassKey.valid_from, PassKey.retired_at)).all()
    live = {row.kid for row in rows if row.retired_at is None}
    last = max(rows, key=lambda row: row.valid_from).kid if rows else -1
    kid = next(each % passes.KIDS for each in range(last + 1, last + 1 + passes.KIDS) if each % passes.KIDS not in live)
    db.session.execute(delete(PassKey).where(PassKey.kid == kid))
    made = {"kid": kid, "public_key": keys.make(folder, kid), "made_at": now, "valid_from": valid_from}
    db.session.execute(insert(PassKey).values(made))
