"""A world in which people of one employer and others book and come, so that two can be made that differ only in who.

Every seat that is taken in one world is taken in the other, at the same hour and by a booking of the same number. Only
who holds it differs: what is public is the same in both, and what an employer is told must be, too.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from unittest.mock import patch

import time_machine
from flask import Flask
from sqlalchemy import delete, insert, select, text, update

from app.billing.models import InvoiceSeries
from app.bookings import operations as bookings
from app.bookings.operations import Order
from app.checkins import operations as checkins
from app.checkins.models import Checkin
from app.demo import cast as demo_cast
from app.employers.models import Employer
from app.extensions import Model, db
from app.funding.models import QuotaPlace
from app.jobs import night
from app.jobs.loop import Loop
from app.people.models import Person
from tests import factories
from tests.billing.services import BUYER, know, seller
from tests.conftest import NOW
from tests.guards.knocking import furnish

PLACES = ("scheune", "muehle")
PLACE_NAMES = ("Scheune am Bach", "Mühle am Wehr")
PERIODS = ("morning", "afternoon", "day")
CAME, ABSENT, CANCELLED, LATE = "came", "absent", "cancelled", "late"
FATES = (CAME, CAME, ABSENT, CANCELLED, LATE)
_NAMES = uuid.UUID("2f3c1c0e-0a52-4b7e-9c7a-7b0f5a1f3c55")
OUTSIDERS = 3
SALT = bytes(16)
# Working days on which something is booked; on the 25th of November somebody has another booking.
DAYS = [
    day
    for day in (date(2026, 11, 2) + timedelta(days=n) for n in range(40))
    if day.weekday() < 5 and day != date(2026, 11, 25)
]
# Early enough that November counts, when an employer is large enough.
COUNTS_SINCE = datetime(2026, 10, 1, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Item:
    """A booking that is in both worlds, whoever makes it. `quota` says which of two pays, if an employer does."""

    day: date
    place: int
    period: str
    fate: str
    quota: int

    @property
    def group(self) -> tuple[Any, ...]:
        """What a statement may count together."""
        return (self.day.month, self.place, self.period, self.fate, self.quota)

    @property
    def uuid(self) -> uuid.UUID:
        return uuid.uuid5(_NAMES, f"{self.day} {self.place}")


class Kept:
    """A way out for mail that leads nowhere: the letters stay here."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    def send(self, letter: EmailMessage, name: str) -> None:
        del name
        self.letters.append(letter)

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class World:
    """The database, what was in it before anybody booked, and who is who."""

    app: Flask
    people: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    outsiders: list[int] = field(default_factory=list)
    quotas: list[int] = field(default_factory=list)
    base: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    way: Kept = field(default_factory=Kept)

    def furnish(self, size: int) -> None:
        """Make everything that does not depend on who books: an employer of so many people, its quotas and spaces."""
        cast = demo_cast.load(NOW)
        furnish(cast["ana"], NOW)
        employer = db.session.query(Employer).filter_by(slug="wagen").one()
        know(employer, counts_since=COUNTS_SINCE, **BUYER)
        factories.make_employment(employer, cast["hana"], role="agent")
        self.people = [cast["ana"], cast["ben"], cast["cleo"]]
        self.people += [factories.make_person(f"Kollege {n}", f"kollege{n}@example.org").id for n in range(size - 3)]
        for person in self.people[1:]:
            factories.make_employment(employer, person, email=f"n{person}@wagen.example", cost_centre="4711")
        self.outsiders = [factories.make_person(f"Fremd {n}", f"f{n}@example.org").id for n in range(OUTSIDERS)]
        for slug, name in zip(PLACES, PLACE_NAMES, strict=True):
            operator = seller(f"{slug}-eg", legal_name=f"{name} eG")
            series = {
                "prefix": slug[:2].upper(),
                "last": 0,
                "from_month": date(2026, 1, 1),
                "days": 14,
                "contact": "Hana",
                "agreed_by": "hana",
            }
            db.session.add(InvoiceSeries(operator_id=operator.id, **series, agreed_at=NOW))
            factories.make_space(slug, name=name, seats=6, price_cents=600, operator_id=operator.id)
        scheune = db.session.scalar(text("SELECT id FROM spaces WHERE slug = 'scheune'"))
        own = factories.make_quota(employer, name="Je Person", units=60, pays_late=True)
        pool = factories.make_quota(employer, name="Topf", scope="pool", frame="quarter", units=200, pays_no_show=True)
        db.session.add(QuotaPlace(quota_id=pool.id, space_id=scheune))
        db.session.commit()
        self.quotas = [own.id, pool.id]
        self.names = list(db.session.scalars(select(Person.name).where(Person.id.in_(self.people)).order_by(Person.id)))
        db.session.rollback()
        self.base = {
            table.name: [dict(row) for row in db.session.execute(select(table)).mappings()] for table in _tables()
        }
        db.session.rollback()

    def begin(self) -> None:
        """Bring everything back to how it was before anybody booked."""
        db.session.rollback()
        for table in reversed(_tables()):
            db.session.execute(delete(table))
        for table in _tables():
            if self.base[table.name]:
                db.session.execute(insert(table), self.base[table.name])
            if db.engine.dialect.name == "postgresql" and "id" in table.c and table.c.id.autoincrement is not False:
                _restart(table.name)
        db.session.commit()

    def play(self, items: Sequence[Item], holders: Sequence[int], moments: Sequence[datetime]) -> Iterator[datetime]:
        """Let everything happen in its order, and stop at each of these moments for somebody who looks around."""
        self.begin()
        self.way.letters.clear()
        due: list[tuple[datetime, int, Any]] = [(moment, 1, None) for moment in moments]
        for item, holder in zip(items, holders, strict=True):
            due += [(at, 0, step) for at, step in self._steps(item, holder)]
        for at, _, step in sorted(due, key=lambda each: each[:2]):
            with time_machine.travel(at, tick=False):
                if step is not None:
                    step(at)
                    continue
                self.work(at)
                yield at

    def work(self, at: datetime) -> None:
        """Let a night pass and the worker do whatever is due; its mails are kept."""
        for task in night.TASKS.values():
            task(at)
        with patch.object(Loop, "_night"):
            Loop(self.way, threading.Event())._round()  # a round of a worker, without its pauses
        db.session.rollback()
        for table in _tables():
            if (
                "salt" in table.c
            ):  # random numbers are the same in both worlds, so that all made of them can be compared
                db.session.execute(update(table).values(salt=SALT))
        db.session.commit()

    def _steps(self, item: Item, holder: int) -> list[tuple[datetime, Any]]:
        noon = datetime(item.day.year, item.day.month, item.day.day, 11, tzinfo=UTC)
        steps: list[tuple[datetime, Any]] = [(noon - timedelta(days=3), lambda at: self.book(item, holder, at))]
        if item.fate == CAME:
            steps.append((noon, lambda at: self.come(item, at)))
        elif item.fate == ABSENT:
            steps.append((noon + timedelta(days=14, hours=8), lambda at: _settle(item, at)))
        else:
            early = timedelta(days=2) if item.fate == CANCELLED else timedelta(hours=12)
            cancel = bookings.cancel
            steps.append((noon - early, lambda at: cancel(booking_uuid=item.uuid, person_id=holder, now=at)))
        return steps

    def book(self, item: Item, holder: int, at: datetime) -> None:
        payer = f"quota-{self.quotas[item.quota]}" if holder in self.people else "self"
        order = Order(item.uuid, PLACES[item.place], item.day, item.period, 1, payer=payer)
        bookings.book(order=order, person_id=holder, now=at)

    def come(self, item: Item, at: datetime) -> None:
        """A check-in arrives, and the worker settles the charge."""
        booking = _row(item)
        facts = {"kind": "check_in", "verdict": "accepted", "evidence": "sign", "time_quality": "exact"}
        facts |= {"received_at": at, "effective_at": at, "local_date": item.day, "body_digest": ""}
        whose = {"booking_id": booking.id, "person_id": booking.person_id, "space_id": booking.space_id}
        db.session.add(Checkin(event_id=uuid.uuid5(item.uuid, "came"), **facts, **whose))
        db.session.commit()
        _settle(item, at)


@contextmanager
def at_moment(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


def _tables() -> list[Any]:
    return list(Model.metadata.sorted_tables)


def _restart(name: str) -> None:
    """Let ids begin anew: they stand in addresses."""
    sequence = f"pg_get_serial_sequence('{name}', 'id')"
    db.session.execute(text(f"SELECT setval({sequence}, (SELECT coalesce(max(id), 0) + 1 FROM {name}), false)"))  # noqa: S608


def _row(item: Item) -> Any:
    found = text("SELECT id, person_id, space_id FROM bookings WHERE uuid = :uuid")
    value = item.uuid if db.engine.dialect.name == "postgresql" else item.uuid.hex
    return db.session.execute(found, {"uuid": value}).one()


def _settle(item: Item, at: datetime) -> None:
    booking_id = _row(item).id
    db.session.rollback()
    checkins.settle_charge(booking_id=booking_id, now=at)
