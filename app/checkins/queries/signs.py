"""The signs at the doors."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from app.checkins import codes
from app.checkins.models import Sign
from app.extensions import db, table
from app.statements import Prepared


@dataclass(frozen=True)
class SignFacts:
    """The posted code of a space."""

    id: int
    space_id: int
    epoch: int
    code: str
    short_code: str
    made_at: datetime
    replaced_at: datetime | None

    def address(self, public_url: str) -> str:
        """Return what the QR code says: in capitals, which a QR code packs more tightly."""
        return f"{public_url}/C/{self.code}".upper()

    @property
    def printed(self) -> str:
        """The short form in groups, for people without a camera."""
        return codes.printed(self.short_code)


_SIGN = select(Sign.id, Sign.space_id, Sign.epoch, Sign.code, Sign.short_code, Sign.made_at, Sign.replaced_at)


def sign_of(space_id: int) -> SignFacts | None:
    """Return the sign that hangs at the door, or None when the space never had one."""
    row = db.session.execute(_SIGN.where(Sign.space_id == space_id, Sign.replaced_at.is_(None))).first()
    return SignFacts(*row) if row else None


@dataclass(frozen=True)
class SignHashes:
    """What a phone carries to recognise the signs of a space, the newest first."""

    long: tuple[str, ...]
    short: tuple[str, ...]


_signs = table(Sign).c
_HASHED = Prepared(
    select(_signs.space_id, _signs.code, _signs.short_code)
    .where(_signs.space_id.in_(bindparam("ids", expanding=True)))
    .order_by(_signs.space_id, _signs.epoch.desc())
)


def sign_hashes(space_ids: Collection[int]) -> dict[int, SignHashes]:
    """Return the hashes of all signs that ever hung at these spaces; a replaced one is still understood."""
    found: dict[int, tuple[list[str], list[str]]] = {}
    for space_id, code, short_code in _HASHED.rows({"ids": space_ids}):
        long, short = found.setdefault(space_id, ([], []))
        long.append(codes.hash_of(code))
        short.append(codes.hash_of(short_code))
    return {space_id: SignHashes(tuple(long), tuple(short)) for space_id, (long, short) in found.items()}
