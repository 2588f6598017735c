"""Years of bookings before those of `furnish`, added in bulk: rows as people and the retention leave them.

Every seat was taken on every half-day and everybody came. Bookings keep their slots for ever; they and their check-ins
lose their person after 90 days, and check-ins their time of day after 14. Indexes are made again at the end, because
that takes a fraction of the time; the tables that come out are the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    MetaData,
    Table,
    and_,
    case,
    false,
    func,
    insert,
    literal,
    null,
    select,
    true,
)

from app import clock
from app.bookings.models import Booking, BookingSlot, SpaceDay
from app.checkins.models import Checkin, Sign
from app.extensions import Moment, db, table
from app.privacy.steps import PERSON_KEPT
from app.spaces.models import Space
from bench import bulk, furnish
from bench.furnish import House

# Older than what phones look back to, and than every booking of `furnish`.
YOUNGEST = 16
DAYS_AT_ONCE = 250
GROWING = (Booking, BookingSlot, Checkin)

_made = MetaData()
_halves = Table(
    "past_halves",
    _made,
    Column("day", Integer, primary_key=True),
    Column("slot", Integer, primary_key=True),
    Column("date", Date),
    Column("keeps_person", Boolean),
    Column("midnight", Moment),
    Column("starts_at", Moment),
    Column("ends_at", Moment),
    Column("made_at", Moment),
    prefixes=["TEMPORARY"],
)
_places = Table(
    "past_places",
    _made,
    Column("place", Integer, primary_key=True),
    Column("seat_id", Integer),
    Column("space_id", Integer),
    prefixes=["TEMPORARY"],
)
_people = Table(
    "past_people", _made, Column("number", Integer, primary_key=True), Column("id", Integer), prefixes=["TEMPORARY"]
)
_half, _place = _halves.c, _places.c


@dataclass(frozen=True)
class Filled:
    """What filling took."""

    bookings: int
    seconds: float


def add(made: House, bookings: int, say: Callable[[str], None]) -> Filled:
    """Add whole days until there are about so many bookings, oldest first."""
    began = time.monotonic()
    days = round(bookings / furnish.A_DAY)
    with db.engine.connect() as connection, bulk.in_bulk(connection, GROWING):
        _prepare(connection, made, days)
        for first in range(0, days, DAYS_AT_ONCE):
            last = min(first + DAYS_AT_ONCE, days) - 1
            _add_days(connection, first, last)
            connection.commit()
            say(f"  {(last + 1) * furnish.A_DAY:,} bookings after {time.monotonic() - began:.0f} s")
        _made.drop_all(connection)
        connection.commit()
    return Filled(days * furnish.A_DAY, time.monotonic() - began)


def _prepare(connection: Connection, made: House, days: int) -> None:
    """Write down the half-days, the places and the people that bookings are made of."""
    _made.create_all(connection)
    oldest = made.today - timedelta(days=YOUNGEST + days - 1)
    halves = []
    for number in range(days):
        day = oldest + timedelta(days=number)
        keeps_person = day >= made.today - timedelta(days=PERSON_KEPT)
        midnight = clock.moment_of(day, 0, furnish.ZONE)
        for slot, (opens, closes) in furnish.HOURS.items():
            starts_at = clock.moment_of(day, opens, furnish.ZONE)
            halves.append(
                {
                    "day": number,
                    "slot": slot,
                    "date": day,
                    "keeps_person": keeps_person,
                    "midnight": midnight,
                    "starts_at": starts_at,
                    "ends_at": clock.moment_of(day, closes, furnish.ZONE),
                    "made_at": starts_at - timedelta(days=2),
                }
            )
    connection.execute(insert(_halves), halves)
    places = [
        {"place": place, "seat_id": door.seats[place % furnish.SEATS + 1], "space_id": door.id}
        for place in range(furnish.SEATS_USED)
        for door in [made.door_of(place)]
    ]
    connection.execute(insert(_places), places)
    people = [
        {"number": number, "id": visitor.person_id} for number, visitor in enumerate(made.visitors[: furnish.PEOPLE])
    ]
    connection.execute(insert(_people), people)
    connection.commit()


def _add_days(connection: Connection, first: int, last: int) -> None:
    before = connection.execute(select(func.coalesce(func.max(Booking.id), 0))).scalar_one()
    _fill(connection, Booking, _bookings(connection, first, last))
    is_new = Booking.id > before
    slots = {name: getattr(Booking, name) for name in ("seat_id", "date", "space_id", "person_id")} | {
        "slot": Booking.first_slot,
        "booking_id": Booking.id,
    }
    _fill(connection, BookingSlot, select(*(column.label(name) for name, column in slots.items())).where(is_new))
    _fill(connection, Checkin, _checkins(connection).where(is_new))
    columns = (Space.id.label("space_id"), _half.date.label("date"), literal(furnish.SEATS + 1).label("version"))
    days = select(*columns).select_from(table(Space).join(_halves, _half.slot == 0))
    _fill(connection, SpaceDay, days.where(_half.day.between(first, last)))


def _fill(connection: Connection, model: Any, rows: Any) -> None:
    connection.execute(insert(table(model)).from_select([column.name for column in rows.selected_columns], rows))


def _bookings(connection: Connection, first: int, last: int) -> Any:
    # Everybody has another seat every day.
    who = and_(_half.keeps_person, _people.c.number == (_place.place + _half.day) % furnish.PEOPLE)
    columns = {
        "uuid": _uuid(connection),
        "request_digest": case((_half.keeps_person, "0" * 64), else_=""),
        "person_id": _people.c.id,
        "space_id": _place.space_id,
        "seat_id": _place.seat_id,
        "date": _half.date,
        "first_slot": _half.slot,
        "end_slot": _half.slot + 1,
        "starts_at": _half.starts_at,
        "ends_at": _half.ends_at,
        "price_cents": literal(900),
        "made_at": _half.made_at,
        "sequence": literal(0),
    }
    return (
        select(*(column.label(name) for name, column in columns.items()))
        .select_from(_halves.join(_places, true()).outerjoin(_people, who))
        .where(_half.day.between(first, last))
        .order_by(_half.day, _half.slot, _place.place)
    )


def _checkins(connection: Connection) -> Any:
    is_known = Booking.person_id.is_not(None)
    columns = {
        "event_id": _uuid(connection),
        "person_id": Booking.person_id,
        "device": case((is_known, _uuid(connection)), else_=null()),
        "seq": case((is_known, 1), else_=null()),
        "kind": literal("check_in"),
        "body_digest": literal("0" * 64),
        "space_id": Booking.space_id,
        "sign_id": Sign.id,
        "received_at": _half.midnight,
        "effective_at": _half.midnight,
        "local_date": Booking.date,
        "time_quality": literal("exact"),
        "evidence": literal("sign"),
        "verdict": literal("accepted"),
        "booking_id": Booking.id,
        "is_unowned": false(),
    }
    return (
        select(*(column.label(name) for name, column in columns.items()))
        .select_from(table(Booking))
        .join(Sign, Sign.space_id == Booking.space_id)
        .join(_halves, and_(_half.date == Booking.date, _half.slot == Booking.first_slot))
    )


def _uuid(connection: Connection) -> Any:
    return func.lower(func.hex(func.randomblob(16))) if bulk.is_sqlite(connection) else func.gen_random_uuid()
