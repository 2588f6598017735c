"""The displays at the doors."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.checkins.models import Checkin, Display
from app.checkins.records import KnownDisplay, Place
from app.extensions import db, execute
from app.spaces.models import Space


@dataclass(frozen=True, slots=True)
class DisplayFacts:
    """A display as its hosts see it. `offset_seconds`: by how much its clock was ahead when it was last heard."""

    id: int
    name: str
    code: str
    offset_seconds: int
    made_at: datetime
    seen_at: datetime | None
    revoked_at: datetime | None


def displays_of(space_id: int) -> list[DisplayFacts]:
    """Return the displays of a space, those in use first."""
    columns = (
        Display.id,
        Display.name,
        Display.code,
        Display.offset_seconds,
        Display.made_at,
        Display.seen_at,
        Display.revoked_at,
    )
    rows = db.session.execute(
        select(*columns)
        .where(Display.space_id == space_id)
        .order_by(Display.revoked_at.is_not(None), Display.made_at.desc(), Display.id)
    )
    return [DisplayFacts(*row) for row in rows]


def known_displays(codes: Collection[str]) -> dict[str | None, KnownDisplay]:
    """Return the displays behind these codes."""
    if not codes:
        return {}
    rows = execute(
        select(
            Display.id,
            Display.code,
            Display.key,
            Display.offset_seconds,
            Display.revoked_at,
            Space.id,
            Space.slug,
            Space.name,
            Space.timezone,
        )
        .join(Space, Space.id == Display.space_id)
        .where(Display.code.in_(codes))
    )
    return {row[1]: KnownDisplay(row[0], row[2], row[3], row[4], Place(*row[5:])) for row in rows}


@dataclass(frozen=True, slots=True)
class Brought:
    """How many check-ins each sign and each display of a space brought, by id."""

    signs: dict[int, int]
    displays: dict[int, int]


def brought(space_id: int) -> Brought:
    """Count the check-ins of a space by what was scanned; those that say the same once more are left out."""
    counts = (
        select(Checkin.sign_id, Checkin.display_id, func.count())
        .where(
            Checkin.space_id == space_id,
            Checkin.kind == "check_in",
            Checkin.verdict != "rejected",
            Checkin.reason.is_(None) | Checkin.reason.not_in(["duplicate", "double_use", "undone"]),
        )
        .group_by(Checkin.sign_id, Checkin.display_id)
    )
    rows = [tuple(row) for row in execute(counts)]
    return Brought(
        signs={sign_id: count for sign_id, display_id, count in rows if sign_id and not display_id},
        displays={display_id: count for _, display_id, count in rows if display_id},
    )
