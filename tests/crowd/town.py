"""A town full of phones: people with bookings of the last days, and what they scanned while there was no network."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import insert, select

from app import clock
from app.bookings.models import Booking, BookingSlot
from app.checkins import operations as signs
from app.extensions import db
from tests.crowd.phone import Phone
from tests.race import house

ZONE = "Europe/Berlin"
SPACES = 4
# Every fourth person has two phones; every third phone has a clock that is wrong, by up to so many hours.
TWO_PHONES, WRONG_CLOCK, HOURS = 4, 3, 26


@dataclass(frozen=True)
class Habits:
    """How many phones there are, how many events each has of how many days, and whether they let go too early."""

    phones: int
    events: int
    lets_go_too_early: bool = False
    days: int = 10
    seed: int = 1


def people_the_town(app: Flask, habits: Habits) -> list[Phone]:
    """Fill the open house. The phones' events are made, none is sent."""
    lots = random.Random(habits.seed)
    count = -(-habits.phones * TWO_PHONES // (TWO_PHONES + 1))
    doors = house.add_spaces(SPACES, -(-count // SPACES))
    visitors = house.add_visitors(app, count)
    now = clock.now()
    today = clock.local_day(now, ZONE)
    days = [today - timedelta(days=number) for number in range(habits.days, 0, -1)]
    codes = [signs.post_sign(space_id=door.id, now=now - timedelta(days=100)).code for door in doors]
    opens = [clock.moment_of(day, 8 * 60, ZONE) for day in days]
    _book(doors, visitors, list(zip(days, opens, strict=True)), now)
    phones = []
    for number, visitor in enumerate(visitors):
        for _ in range(2 if number % TWO_PHONES == 0 else 1):
            phone = _phone(visitor, now, lots, is_right=len(phones) % WRONG_CLOCK != 0)
            phone.lets_go_too_early = habits.lets_go_too_early
            _fill(phone, codes, number % SPACES, opens, habits.events, now)
            phones.append(phone)
    return phones[: habits.phones]


def _book(doors, visitors, days, now) -> None:
    rows = [
        {
            "uuid": uuid.uuid4(),
            "request_digest": "",
            "person_id": visitor.person_id,
            "space_id": doors[number % SPACES].id,
            "seat_id": doors[number % SPACES].seats[number // SPACES + 1],
            "date": day,
            "first_slot": 0,
            "end_slot": 2,
            "starts_at": start,
            "ends_at": start + timedelta(hours=10),
            "made_at": now - timedelta(days=len(days) + 5),
            "sequence": 0,
        }
        for number, visitor in enumerate(visitors)
        for day, start in days
    ]
    db.session.execute(insert(Booking), rows)
    held = (Booking.seat_id, Booking.date, Booking.space_id, Booking.person_id, Booking.id.label("booking_id"))
    slots = [{**row._mapping, "slot": slot} for row in db.session.execute(select(*held)) for slot in (0, 1)]
    db.session.execute(insert(BookingSlot), slots)
    db.session.commit()


def _phone(visitor: house.Visitor, now: datetime, lots: random.Random, *, is_right: bool) -> Phone:
    return Phone(
        person=visitor.public_id,
        cookie=visitor.cookie,
        device=str(uuid.UUID(int=lots.getrandbits(128), version=4)),
        ahead=timedelta() if is_right else timedelta(minutes=lots.randint(-HOURS * 60, HOURS * 60)),
        boot_at=now - timedelta(hours=lots.choice([1, 30, 100])),
        lots=random.Random(lots.getrandbits(64)),
    )


def _fill(phone: Phone, codes: list[str], home: int, opens: list[datetime], events: int, now: datetime) -> None:
    """Scan: mostly one's own sign in the morning and in the evening, now and then another, or a foreign one."""
    lots = phone.lots
    moments = []
    for number in range(events):
        is_out = number % 4 == 3
        start = opens[number % len(opens)] if number < 2 * len(opens) else lots.choice(opens)
        later = timedelta(hours=9 if is_out else 0, minutes=lots.randint(0, 40), milliseconds=lots.randrange(60_000))
        moments.append((min(start + later, now), "check_out" if is_out else "check_in"))
    for at, kind in sorted(moments):
        lot = lots.random()
        code = codes[home] if lot < 0.95 else lots.choice(codes)
        phone.scan("https://evil.example/C/0" if lot > 0.99 else code, kind, at)
