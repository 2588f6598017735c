"""The signs at the doors."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, literal, null, select, union_all

from app.checkins import codes
from app.checkins.models import Display, Sign
from app.extensions import db, execute, table
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


def signs_of(space_id: int) -> list[SignFacts]:
    """Return all signs that a space ever had, the newest first."""
    return [SignFacts(*row) for row in execute(_SIGN.where(Sign.space_id == space_id).order_by(Sign.epoch.desc()))]


@dataclass(frozen=True)
class SignHashes:
    """What a phone carries to recognise the signs of a space, the newest first, and its displays."""

    long: tuple[str, ...]
    short: tuple[str, ...]


_signs = table(Sign).c
_displays = table(Display).c
_SPACES: Any = bindparam("ids", expanding=True)
_HASHED = Prepared(
    union_all(
        select(_signs.space_id, _signs.code, _signs.short_code, _signs.epoch).where(_signs.space_id.in_(_SPACES)),
        select(_displays.space_id, _displays.code, null(), literal(0)).where(_displays.space_id.in_(_SPACES)),
    )
)


def sign_hashes(space_ids: Collection[int]) -> dict[int, SignHashes]:
    """Return the hashes of all signs and displays that ever were at these spaces; old ones are still understood."""
    found: dict[int, tuple[list[str], list[str]]] = {}
    rows = _HASHED.rows({"ids": space_ids})
    for space_id, code, short_code, _ in sorted(rows, key=lambda row: (row[0], -row[3], row[1])):
        long, short = found.setdefault(space_id, ([], []))
        long.append(codes.hash_of(code))
        if short_code is not None:
            short.append(codes.hash_of(short_code))
    return {space_id: SignHashes(tuple(long), tuple(short)) for space_id, (long, short) in found.items()}
