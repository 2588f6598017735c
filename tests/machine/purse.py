"""What accounts ought to hold: the rules of the ledger once more, in plain dictionaries."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import clock
from app.bookings.models import Booking
from app.extensions import db
from app.funding.models import Account, Quota

ZONE = "Europe/Berlin"
JUDGED = timedelta(days=14)
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
    state: str = "reserved"
    is_ended: bool = False


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
            is_own = quota == self.quotas[0]
            name = (quota, (person, day.year, day.month) if is_own else None)
            account = self.accounts.get(name, [self.granted[quota], 0, 0])
            if account[1] + account[2] + len(slots) <= account[0]:
                self.accounts[name] = account
                account[1] += len(slots)
                self.charges[key] = Charge(name, len(slots), day, ends_at, is_own)
                return

    def end(self, key: uuid.UUID, now: datetime, *, is_by_person: bool) -> None:
        """Give back, or use what a person ends after six in the evening before."""
        charge = self.charges.get(key)
        if charge is None:
            return
        charge.is_ended = True
        evening = clock.moment_of(charge.day - timedelta(days=1), 18 * 60, ZONE)
        is_late = is_by_person and now >= evening and charge.is_strict
        self._to(charge, "settled" if is_late else "released")

    def settle(self, now: datetime, came: Callable[[uuid.UUID], bool]) -> None:
        """Do what the worker does."""
        for key, charge in self.charges.items():
            if charge.state == "reserved" and came(key):
                self._to(charge, "settled")
            elif charge.state == "reserved" and charge.ends_at <= now - JUDGED:
                self._to(charge, "settled" if charge.is_strict else "released")
            elif charge.state == "settled" and not charge.is_ended and charge.ends_at > now - JUDGED and not came(key):
                self._to(charge, "reserved")

    def change(self, quota: int, units: int, today: date) -> None:
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
