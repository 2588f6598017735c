"""The keys that sign passes, and the passes of somebody's bookings."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from sqlalchemy import Engine, select

from app.bookings.queries import BookingFacts
from app.checkins import keys, passes
from app.checkins.models import PassKey
from app.extensions import db, execute, table

log = logging.getLogger(__name__)

# How long a pass may be good after it was signed: half as long as its key signs.
LIFE = timedelta(days=14)
# How long a process goes on with what it read; a file that was missing is looked for sooner.
KEPT, MISSED = timedelta(minutes=5), timedelta(minutes=1)
MOST_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """The public half of a key (x, then y) and since when it signs."""

    kid: int
    public_key: bytes
    made_at: datetime
    valid_from: datetime


_keys = table(PassKey).c
_LIVE: Any = (
    select(_keys.kid, _keys.public_key, _keys.made_at, _keys.valid_from)
    .where(_keys.retired_at.is_(None))
    .order_by(_keys.valid_from, _keys.made_at)
)


def live_keys() -> list[KeyFacts]:
    """Return the keys whose passes hosts accept, by the time from which they sign: last, current, next."""
    return [KeyFacts(*row) for row in execute(_LIVE)]


def current_key(live: Sequence[KeyFacts], now: datetime) -> KeyFacts | None:
    """Return the one that signs."""
    return next((key for key in reversed(live) if key.valid_from <= now), None)


@dataclass(frozen=True)
class Signer:
    """Signs with the current key for as long as it is that; without its file there are no passes."""

    public_url: str
    current: KeyFacts | None
    key: EllipticCurvePrivateKey | None
    read_at: datetime
    until: datetime
    made: dict[passes.Pass, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Differs whenever the passes do."""
        return str(self.current.kid) if self.current else "x"

    def address(self, booking: BookingFacts) -> str | None:
        """Return the address of the pass of a booking, always the same while the key is; None when there is no key."""
        if self.current is None or self.key is None:
            return None
        content = passes.Pass(
            kid=self.current.kid,
            booking=booking.uuid.bytes[8:],
            space=booking.space_id,
            seat=booking.seat_number,
            start_minute=int(booking.starts_at.timestamp() // 60),
            duration=int((booking.ends_at - booking.starts_at).total_seconds() // 60),
        )
        if content not in self.made:
            if len(self.made) >= MOST_KEPT:
                self.made.clear()
            self.made[content] = passes.address(content, self.key, self.public_url)
        return self.made[content]


_signers: WeakKeyDictionary[Engine, Signer] = WeakKeyDictionary()


def signer(folder: Path, public_url: str, *, now: datetime) -> Signer:
    """Return what signs passes now. `folder` holds the private halves; without one there are no passes."""
    kept = _signers.get(db.engine)
    if kept is None or not kept.read_at <= now < kept.until:
        kept = _signers[db.engine] = _read(folder, public_url, kept, now)
    return kept


def _read(folder: Path, public_url: str, before: Signer | None, now: datetime) -> Signer:
    live = live_keys()
    current = current_key(live, now)
    if current is None:
        log.error("There is no key to sign passes with, so phones show none. Make one: flask checkins keys")
        return Signer(public_url, None, None, now, now + MISSED)
    try:
        key = keys.load(folder, current.kid, current.public_key)
    except keys.KeyUnusable as error:
        log.error(  # noqa: TRY400 - the sentence says it all
            "Passes cannot be signed, so phones show none: %s. Copy the folder from the machine that made the key,"
            " or make a new key: flask checkins keys --new",
            error,
        )
        return Signer(public_url, None, None, now, now + MISSED)
    until = min([now + KEPT, *(each.valid_from for each in live if each.valid_from > now)])
    made = before.made if before and before.current == current else {}
    return Signer(public_url, current, key, now, until, made)


def passes_of(bookings: Iterable[BookingFacts], signer: Signer, *, now: datetime) -> dict[UUID, str]:
    """Return the addresses of the passes of those bookings that end within the life of a pass, by uuid."""
    coming = [each for each in bookings if each.is_open and now < each.ends_at <= now + LIFE]
    found = {each.uuid: signer.address(each) for each in coming}
    return {uuid: address for uuid, address in found.items() if address is not None}


def named_booking(address: str, public_url: str) -> bytes | None:
    """Return the last 8 bytes of the uuid of the booking that a pass names, without proof; None when it is no pass."""
    reading = passes.read(address, public_url)
    return reading.content.booking if reading.content else None
