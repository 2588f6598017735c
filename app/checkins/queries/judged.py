"""The bookings that check-ins are judged by, as they were at any moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, select, union_all
from sqlalchemy.orm import aliased

from app.bookings.models import Booking, SeatChange
from app.checkins.models import PassKey
from app.checkins.plausibility import Point
from app.checkins.records import NamedBooking, Place
from app.checkins.scans import Booked
from app.extensions import execute, table
from app.spaces import queries as spaces
from app.spaces.models import Space
from app.statements import Prepared

_bookings, _spaces = table(Booking).c, table(Space).c
_NO_NAME = UUID(int=0)


def _several(name: str) -> BindParameter[Any]:
    return bindparam(name, expanding=True)


_BOOKED = select(
    _bookings.id,
    _bookings.uuid,
    _bookings.space_id,
    _bookings.date,
    _bookings.starts_at,
    _bookings.ends_at,
    _bookings.made_at,
    _bookings.ended_at,
    _bookings.ended_reason,
    _bookings.released_at,
)
_AROUND = Prepared(
    _BOOKED.where(
        _bookings.person_id == bindparam("person_id"),
        _bookings.ends_at.between(bindparam("first"), bindparam("last")) | _bookings.uuid.in_(_several("claimed")),
    )
)
_OF_NOBODY = Prepared(_BOOKED.where(_bookings.person_id.is_(None), _bookings.uuid.in_(_several("claimed"))))


def bookings_around(person_id: int | None, days: Collection[date], claimed: Collection[UUID]) -> list[Booked]:
    """Return the person's bookings of these days and their neighbours, ended ones too, and those that scans name.

    Nobody has only those that are named.
    """
    names = list(claimed) or [_NO_NAME]
    if person_id is None:
        return _booked(_OF_NOBODY.rows({"claimed": names}))
    wanted = {
        "person_id": person_id,
        "first": datetime.combine(min(days), time(), UTC) - timedelta(days=1),
        "last": datetime.combine(max(days), time(), UTC) + timedelta(days=3),
        "claimed": names,
    }
    return _booked(_AROUND.rows(wanted))


def _booked(rows: Sequence[Any]) -> list[Booked]:
    found = [Booked(*row[:9]) for row in rows]
    released = [row.id for row in rows if row.released_at is not None]
    if not released:
        return found
    taken = _taken(released)
    return [replace(each, taken=tuple(taken[each.id])) if each.id in taken else each for each in found]


def _taken(released: Collection[int]) -> dict[int, list[tuple[datetime, datetime | None]]]:
    """Say when others held the seats of released bookings: who booked them since, or moved there."""
    old, new = aliased(Booking), aliased(Booking)
    meets = (
        old.id.in_(released),
        new.id != old.id,
        new.date == old.date,
        new.first_slot < old.end_slot,
        old.first_slot < new.end_slot,
    )
    booked = select(old.id, new.made_at, new.ended_at).where(
        *meets, new.seat_id == old.seat_id, new.made_at >= old.released_at
    )
    moved = (
        select(old.id, SeatChange.at, new.ended_at)
        .join(new, new.id == SeatChange.booking_id)
        .where(*meets, SeatChange.to_seat_id == old.seat_id, SeatChange.at >= old.released_at)
    )
    found = defaultdict(list)
    for booking_id, first, last in execute(union_all(booked, moved)):
        found[booking_id].append((first, last))
    return {booking_id: sorted(each, key=lambda times: times[0]) for booking_id, each in found.items()}


_NAMED = Prepared(
    select(
        _bookings.uuid,
        _bookings.person_id,
        _bookings.starts_at,
        _bookings.ends_at,
        _bookings.made_at,
        _spaces.id,
        _spaces.slug,
        _spaces.name,
        _spaces.timezone,
    )
    .join_from(table(Booking), table(Space), _spaces.id == _bookings.space_id)
    .where(_bookings.uuid.in_(_several("names")) | _bookings.pass_id.in_(_several("pass_ids")))
)


def named_bookings(names: Collection[UUID], pass_ids: Collection[bytes] = ()) -> dict[UUID, NamedBooking]:
    """Return the bookings of these uuids, or whose passes name them by these 8 bytes, by uuid."""
    if not names and not pass_ids:
        return {}
    rows = _NAMED.rows({"names": list(names) or [_NO_NAME], "pass_ids": list(pass_ids) or [b""]})
    return {row[0]: NamedBooking(row[0], row[1], row[2], row[3], row[4], Place(*row[5:])) for row in rows}


def points(space_ids: Collection[int]) -> dict[int, Point]:
    """Return where these spaces lie, as far as that is known. Of a single one nobody asks: there is no way between."""
    if len(space_ids) < 2:
        return {}
    known = spaces.directory().by_id
    found = [known[space_id] for space_id in space_ids if space_id in known]
    return {each.id: (each.lat, each.lon) for each in found if each.lat is not None and each.lon is not None}


def pass_keys() -> dict[int, tuple[bytes, datetime | None]]:
    """Return all keys that ever signed passes and until when each was good, by key id."""
    rows = execute(select(PassKey.kid, PassKey.public_key, PassKey.retired_at))
    return {kid: (key, retired_at) for kid, key, retired_at in rows}
