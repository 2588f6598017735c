"""What accounts ought to hold: the rules of the ledger once more, in plain dictionaries."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import clock
from app.bookings.models import Booking
from app.extensions import db
from app.funding.models import Account, Quota

ZONE = "Europe/Berlin"
JUDGED = timedelta(days=14)
MOST_CHANGES = 3
TOTAL_ENDS = date(2027, 12, 31)
# Each person's in a month: too late and not coming cost; all together's: they do not.
EACH, POOL = 3, 5


@dataclass
class Charge:
    """What somebody else pays for a booking: which account, how many half-days, and what became of it."""

    account: tuple[int, Any]
    units: int
    day: date
    ends_at: datetime
    is_strict: bool
    carried_from: uuid.UUID | None = None
    state: str = "reserved"
    is_used_by_coming: bool = False
    ended_at: datetime | None = None
    # Whether its person ended it, and whether another booking carries the charge on.
    is_by_person: bool = False
    is_carried: bool = False

    @property
    def is_costly(self) -> bool:
        """Whether its person ended it after six in the evening before, on a quota for which that costs."""
        evening = clock.moment_of(self.day - timedelta(days=1), 18 * 60, ZONE)
        is_late = self.ended_at is not None and self.ended_at >= evening
        return is_late and self.is_by_person and self.is_strict and not self.is_carried


@dataclass
class Purse:
    """Two quotas of one employer, their accounts as [granted, reserved, settled], and the charge of each booking."""

    quotas: list[int]
    granted: dict[int, int]
    accounts: dict[tuple[int, Any], list[int]] = field(default_factory=dict)
    charges: dict[uuid.UUID, Charge] = field(default_factory=dict)

    def book(self, key: uuid.UUID, person: int, day: date, slots: range, ends_at: datetime) -> None:
        """The first quota that has enough pays; none when neither has."""
        for quota in self.quotas:
            name, account = self._account(quota, person, day)
            if account[1] + account[2] + len(slots) <= account[0]:
                self._reserve(key, name, Charge(name, len(slots), day, ends_at, quota == self.quotas[0]))
                return

    def can_change(self, old: uuid.UUID, person: int, day: date, slots: range, now: datetime) -> bool:
        """Whether who pays for a booking can pay for what it is changed into. What is settled stays as it is."""
        charge = self.charges.get(old)
        if charge is None:
            return True
        if charge.state == "settled":
            return False
        name, account = self._account(charge.account[0], person, day)
        again = replace(charge, ended_at=now, is_by_person=True, is_carried=charge.day == day)
        back = charge.units if charge.account == name and not again.is_costly else 0
        return account[1] + account[2] - back + len(slots) <= account[0]

    def change(self, old: uuid.UUID, key: uuid.UUID, booked: tuple[int, date, range, datetime], now: datetime) -> None:
        """Who paid goes on paying; on the same day the charge is carried on."""
        charge = self.charges.get(old)
        if charge is None:
            return
        person, day, slots, ends_at = booked
        charge.is_carried = charge.day == day
        self.end(old, now, is_by_person=True)
        name, _ = self._account(charge.account[0], person, day)
        carried_from = old if charge.is_carried else None
        self._reserve(key, name, Charge(name, len(slots), day, ends_at, charge.is_strict, carried_from))

    def end(self, key: uuid.UUID, now: datetime, *, is_by_person: bool, is_there: bool = False) -> None:
        """Give back, or use what a person ends too late. Of somebody who is there the worker decides."""
        charge = self.charges.get(key)
        if charge is None:
            return
        charge.ended_at, charge.is_by_person = now, is_by_person
        if charge.state == "reserved" and not is_there:
            self._to(charge, "settled" if charge.is_costly else "released")

    def settle(self, now: datetime, came: Callable[[uuid.UUID], bool], erased: Collection[uuid.UUID]) -> None:
        """Do what the worker does: first look what is due, then do one after the other what still is."""

        def came_for(key: uuid.UUID, changes: int = MOST_CHANGES) -> bool:
            old = self.charges[key].carried_from
            return came(key) or (changes > 0 and old is not None and came_for(old, changes - 1))

        def due(key: uuid.UUID) -> str | None:
            return self._due(self.charges[key], now, is_erased=key in erased, has_come=came_for(key))

        while found := [key for key in self.charges if due(key)]:
            for key in found:
                state = due(key)
                if state is not None:
                    self.charges[key].is_used_by_coming = state == "settled" and came_for(key)
                    self._to(self.charges[key], state)

    def _due(self, charge: Charge, now: datetime, *, is_erased: bool, has_come: bool) -> str | None:
        """Return what becomes of a charge, None when it stays."""
        is_recent, is_ended = charge.ends_at > now - JUDGED, charge.ended_at is not None
        as_ended = "settled" if charge.is_costly else "released"
        if charge.state == "reserved":
            absent = None if is_recent else "settled" if charge.is_strict else "released"
            return "settled" if has_come else as_ended if is_ended else absent
        if not is_recent:
            return None
        if charge.state == "settled":
            is_unproved = not has_come and (charge.is_used_by_coming or not is_ended)
            return (as_ended if is_ended else "reserved") if is_unproved else None
        account = self.accounts[charge.account]
        is_left = sum(account[1:]) + charge.units <= account[0]
        is_kept = charge.is_by_person and not charge.is_carried and not is_erased
        return "settled" if is_kept and has_come and is_left else None

    def _account(self, quota: int, person: int, day: date) -> tuple[tuple[int, Any], list[int]]:
        name = (quota, (person, day.year, day.month) if quota == self.quotas[0] else None)
        return name, self.accounts.get(name, [self.granted[quota], 0, 0])

    def _reserve(self, key: uuid.UUID, name: tuple[int, Any], charge: Charge) -> None:
        account = self.accounts.setdefault(name, [self.granted[name[0]], 0, 0])
        account[1] += charge.units
        self.charges[key] = charge

    def grant(self, quota: int, units: int, today: date) -> None:
        """Grant more or less from now on; what is taken stays granted."""
        for (of, frame), account in self.accounts.items():
            if of == quota and (frame is None or (frame[1], frame[2]) >= (today.year, today.month)):
                account[0] = max(units, account[1] + account[2])
        self.granted[quota] = units

    def _to(self, charge: Charge, state: str) -> None:
        account = self.accounts[charge.account]
        places = {"reserved": 1, "settled": 2}
        if charge.state in places:
            account[places[charge.state]] -= charge.units
        if state in places:
            account[places[state]] += charge.units
        charge.state = state

    def wrongs(self) -> Iterator[str]:
        """Yield what the rows say otherwise."""
        rows = db.session.execute(
            select(Account.quota_id, Account.granted_units, Account.reserved_units, Account.settled_units)
        )
        stored = sorted(tuple(row) for row in rows)
        expected = sorted((quota, *account) for (quota, _), account in self.accounts.items())
        if stored != expected:
            yield f"accounts are {stored}, not {expected}"
        charges = dict(
            db.session.execute(select(Booking.uuid, Booking.charge).where(Booking.charge.is_not(None))).all()
        )
        told = {key: charge.state for key, charge in self.charges.items()}
        if charges != told:
            yield f"charges are {charges}, not {told}"


def open_purse(employer_id: int, now: datetime) -> Purse:
    """Make the two quotas in an open house."""
    facts = {"employer_id": employer_id, "starts_on": date(2026, 1, 1), "made_at": now}
    strict = {"pays_late": True, "pays_no_show": True}
    own = Quota(**facts, name="Je Person", scope="person", frame="month", units=EACH, **strict)
    pool = Quota(**facts, name="Für alle", scope="pool", frame="total", units=POOL, ends_on=TOTAL_ENDS)
    db.session.add_all([own])
    db.session.flush()
    db.session.add(pool)
    db.session.commit()
    return Purse([own.id, pool.id], {own.id: EACH, pool.id: POOL})
