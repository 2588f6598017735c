"""The house that is measured: 1,000 seats in 125 spaces, 2,000 people who are signed in, and a past.

Every seat of the first spaces was taken on every half-day of the days before today, and 300 half-days, drawn
by lot, are taken on each of the coming 30 days. What is booked while measuring lies behind these.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from app import clock
from app.bookings.models import Booking, BookingSlot, SpaceDay
from app.checkins import codes, operations
from app.checkins.models import Sign
from app.extensions import db
from app.funding.models import Account, Quota
from tests.race import house
from tests.race.house import Door, Visitor

ZONE = "Europe/Berlin"
SPACES, SEATS = 125, 8
PEOPLE = 2_000
# People with 25 half-days behind them, who send whole batches; they sit at the last seats.
HEAVY = 30
HEAVY_DAYS, HEAVY_HALVES = 13, 25
SEATS_USED = SPACES * SEATS - 32
A_DAY = SEATS_USED * 2
COMING_DAYS, COMING_A_DAY = 30, 300
# Behind them stand as many whose employer pays, enough for all that they book.
PAID_FROM = PEOPLE + COMING_A_DAY
HOURS = {0: (8 * 60, 13 * 60), 1: (13 * 60, 18 * 60)}


@dataclass(frozen=True)
class Stay:
    """A booking of the past, or one to come, by the index of its person and of its seat."""

    person: int
    seat: int
    date: date
    slot: int


@dataclass(frozen=True)
class House:
    """What requests are made of."""

    visitors: list[Visitor]
    doors: list[Door]
    signs: dict[int, str]  # the sign's code by space id
    today: date
    past: list[Stay]
    heavy: list[list[Stay]]

    def door_of(self, seat: int) -> Door:
        return self.doors[seat // SEATS]


@dataclass(frozen=True)
class Size:
    """How many bookings: in the past, besides those of the heavy people, and on each of the coming days."""

    past: int = 10_000
    coming_a_day: int = COMING_A_DAY


def furnish(url: str, folder: Path, size: Size, before: Callable[[House], None] | None = None) -> House:
    """Fill a migrated, empty database. `before` may add an older past, when spaces, people and signs are there."""
    with house.opened(url, folder) as app:
        doors = house.add_spaces(SPACES, SEATS)
        visitors = house.add_visitors(app, PAID_FROM + A_DAY)
        now = clock.now()
        _let_pay(visitors[PAID_FROM:], now)
        today = clock.local_day(now, ZONE)
        past = list(_past(today, min(size.past, A_DAY * HEAVY_DAYS)))
        heavy = [list(_heavy(today, number)) for number in range(HEAVY)]
        operations.make_keys(folder=app.config["NAHPLATZ"].keys_dir, now=now)  # passes are part of a snapshot
        made = House(visitors, doors, _add_signs(doors, now), today, past, heavy)
        lots = random.Random(1)
        coming = [
            Stay(PEOPLE + number, seat, today + timedelta(days=days), lots.randint(0, 1))
            for days in range(1, COMING_DAYS + 1)
            for number, seat in enumerate(lots.sample(range(SEATS_USED), size.coming_a_day))
        ]
        if before is not None:
            db.session.commit()
            before(made)
        _add(made, [*past, *(stay for stays in heavy for stay in stays), *coming])
        db.session.commit()
    return made


def _let_pay(visitors: list[Visitor], now: datetime) -> None:
    """Let all of them work for an employer that grants more than they can use.

    Each has an account already, as everybody has who booked before: it is not the making of accounts that is measured.
    """
    units, starts_on, ends_on = 100, now.date(), now.date() + timedelta(days=400)
    granted = {"units": units, "cents": units * 900, "made_at": now}
    employer_id = house.add_employer(visitors)
    quota = Quota(employer_id=employer_id, name="Je Person", scope="person", frame="total", **granted)
    quota.starts_on, quota.ends_on = starts_on, ends_on
    db.session.add(quota)
    db.session.flush()
    facts = {"quota_id": quota.id, "first_on": starts_on, "last_on": ends_on}
    facts |= {"granted_units": units, "granted_cents": units * 900}
    db.session.execute(insert(Account), [{**facts, "holder": each.person_id} for each in visitors])
    db.session.commit()


def _past(today: date, count: int) -> Iterator[Stay]:
    for number in range(count):
        days, place = divmod(number, A_DAY)
        yield Stay(place, place % SEATS_USED, today - timedelta(days=days + 1), place // SEATS_USED)


def _heavy(today: date, number: int) -> Iterator[Stay]:
    for half in range(HEAVY_HALVES):
        day = today - timedelta(days=half // 2 + 1)
        yield Stay(PEOPLE - HEAVY + number, SEATS_USED + number, day, half % 2)


def _add_signs(doors: list[Door], now: datetime) -> dict[int, str]:
    signs = {door.id: codes.draw() for door in doors}
    rows = [
        {"space_id": space_id, "epoch": 1, "code": code, "short_code": codes.short(code), "made_at": now}
        for space_id, code in signs.items()
    ]
    db.session.execute(insert(Sign), rows)
    return signs


def moments(stay: Stay) -> tuple[datetime, datetime]:
    opens, closes = HOURS[stay.slot]
    return clock.moment_of(stay.date, opens, ZONE), clock.moment_of(stay.date, closes, ZONE)


def _add(made: House, stays: list[Stay]) -> None:
    rows = [_row(made, stay) for stay in stays]
    for some in range(0, len(rows), 5_000):
        db.session.execute(insert(Booking.__table__), rows[some : some + 5_000])
    first = min(stay.date for stay in stays)
    of_these = select(Booking.uuid, Booking.id).where(Booking.date >= first)
    ids = {key: number for key, number in db.session.execute(of_these)}  # noqa: C416 - rows are no pairs for dict()
    slots = [
        {name: row[name] for name in ("seat_id", "date", "space_id", "person_id")}
        | {"slot": row["first_slot"], "booking_id": ids[row["uuid"]]}
        for row in rows
    ]
    for some in range(0, len(slots), 5_000):
        db.session.execute(insert(BookingSlot.__table__), slots[some : some + 5_000])
    days = {(row["space_id"], row["date"]) for row in rows}
    db.session.execute(insert(SpaceDay), [{"space_id": space_id, "date": day} for space_id, day in sorted(days)])


def _row(made: House, stay: Stay) -> dict[str, Any]:
    door = made.door_of(stay.seat)
    starts_at, ends_at = moments(stay)
    return {
        "uuid": uuid.uuid4(),
        "request_digest": "0" * 64,
        "person_id": made.visitors[stay.person].person_id,
        "space_id": door.id,
        "seat_id": door.seats[stay.seat % SEATS + 1],
        "date": stay.date,
        "first_slot": stay.slot,
        "end_slot": stay.slot + 1,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "price_cents": 900,
        "made_at": starts_at - timedelta(days=2),
        "sequence": 0,
    }
