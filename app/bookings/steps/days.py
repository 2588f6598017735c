"""Locking the days of spaces, and what decides there once they are locked.

Everything that changes a space's day locks that day first, then the person, so that two writers of the same day
follow each other and never wait crosswise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, cast, func, literal, null, select, union_all
from sqlalchemy.dialects import postgresql, sqlite

from app.bookings.models import Booking, BookingSlot, SpaceDay
from app.extensions import db, table
from app.funding import queries as funding
from app.funding.queries import Candidate, Service
from app.spaces.models import Space
from app.statements import Prepared


def _raise_version(make: Any) -> Prepared:
    new = make(table(SpaceDay)).values(version=1)
    raised = {"version": table(SpaceDay).c.version + 1}
    return Prepared(new.on_conflict_do_update(index_elements=["space_id", "date"], set_=raised))


# Part of every booking, so put together once: composing a statement costs more than running it.
_LOCK = {"postgresql": _raise_version(postgresql.insert), "sqlite": _raise_version(sqlite.insert)}


def lock_days(days: Iterable[tuple[date, int]]) -> None:
    """Lock (date, space id) pairs in ascending order and raise their versions."""
    statement = _LOCK[db.engine.dialect.name]
    for day, space_id in sorted(set(days)):
        statement.run({"space_id": space_id, "date": day})


@dataclass(frozen=True)
class DayFacts:
    """What the rules need to know once a day and a person are locked."""

    space_version: int
    open_bookings: int
    last_seat_id: int | None  # the seat the person had here last
    taken_seat_ids: frozenset[int]  # seats with any of the asked slots taken
    quotas: list[Candidate]  # that the person may use for it


_bookings, _slots, _spaces = table(Booking).c, table(BookingSlot).c, table(Space).c
# "+ 0" keeps SQLite from going through all that a space ever sold instead of all that the person ever booked.
_last_seat = (
    select(_bookings.seat_id)
    .where(_bookings.person_id == bindparam("person"), _bookings.space_id + 0 == bindparam("space"))
    .order_by(_bookings.id.desc())
    .limit(1)
    .scalar_subquery()
)
_open_bookings = (
    select(func.count())
    .where(
        _bookings.person_id == bindparam("person"),
        _bookings.ended_at.is_(None),
        _bookings.ends_at > bindparam("now"),
    )
    .scalar_subquery()
)
_quotas = list(funding.CANDIDATES.selected_columns)


def _nothing_of(columns: Iterable[Any]) -> list[Any]:
    return [cast(null(), column.type).label(column.name) for column in columns]


# Who is taken and who may pay are read with the rest: every statement counts.
_FACTS = Prepared(
    union_all(
        select(
            literal("head").label("part"),
            _spaces.version.label("a"),
            _open_bookings.label("b"),
            _last_seat.label("c"),
            *_nothing_of(_quotas),
        ).where(_spaces.id == bindparam("space")),
        select(literal("seat"), _slots.seat_id, null(), null(), *_nothing_of(_quotas)).where(
            _slots.date == bindparam("day"),
            _slots.space_id == bindparam("space"),
            _slots.slot.between(bindparam("first"), bindparam("last")),
        ),
        funding.CANDIDATES.with_only_columns(literal("quota"), null(), null(), null(), *_quotas),
    )
)


def facts(service: Service, slots: range, *, now: datetime) -> DayFacts:
    """Read, in one statement, what decides over a booking. The day and the person must be locked."""
    asked = funding.asked(service) | {"now": now, "first": slots[0], "last": slots[-1]}
    rows = _FACTS.rows(asked)
    first = next(row for row in rows if row.part == "head")
    seats = frozenset(row.a for row in rows if row.part == "seat")
    quotas = sorted((row for row in rows if row.part == "quota"), key=lambda row: row.id)
    return DayFacts(first.a, first.b, first.c, seats, [funding.candidate(row, service) for row in quotas])
