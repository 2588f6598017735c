"""What was granted and what became of it, put together from accounts, entries, bookings and check-ins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app import clock
from app.bookings.queries import BookingFacts, charged_bookings
from app.checkins import queries as checkins
from app.employers.models import Employer
from app.extensions import execute
from app.funding.models import Account, Entry, Programme, Quota
from app.spaces import queries as spaces
from app.spaces.queries import SpaceFacts

# Accounts that ended longer ago are history, which the days below tell.
SHOWN_AFTER = timedelta(days=30)
PAGE = 20


@dataclass(frozen=True)
class OwnAccount:
    """A person's account, in half-days and cents; None = no limit. `reserved` and `used` add up to what is taken."""

    payer: str
    quota: str
    first_on: date
    last_on: date
    granted_units: int | None
    granted_cents: int | None
    reserved_units: int
    used_units: int
    taken_cents: int

    @property
    def left_units(self) -> int | None:
        return None if self.granted_units is None else self.granted_units - self.reserved_units - self.used_units

    @property
    def left_cents(self) -> int | None:
        return None if self.granted_cents is None else self.granted_cents - self.taken_cents


@dataclass(frozen=True)
class Step:
    """What happened to a day's charge: `kind` of the entry, its reason, who paid, how many half-days, and when."""

    kind: str
    reason: str
    payer: str
    units: int
    at: datetime


@dataclass(frozen=True)
class OwnDay:
    """A booking that somebody else pays for, with all that happened to it, in the space's own time."""

    booking: BookingFacts
    space: SpaceFacts
    made_at: datetime
    came: bool
    came_at: datetime | None
    steps: list[Step]


@dataclass(frozen=True)
class OwnDays:
    """Some days, the latest first, and whether there are older ones."""

    days: list[OwnDay]
    has_older: bool


def own_accounts(person_id: int, *, today: date) -> list[OwnAccount]:
    """Return a person's own accounts that last or have just ended, the earliest first."""
    rows = execute(
        select(
            Employer.name,
            Programme.name,
            Quota.name,
            Account.first_on,
            Account.last_on,
            Account.granted_units,
            Account.granted_cents,
            Account.reserved_units,
            Account.settled_units,
            Account.reserved_cents + Account.settled_cents,
        )
        .select_from(Account)
        .join(Quota, Quota.id == Account.quota_id)
        .outerjoin(Employer, Employer.id == Quota.employer_id)
        .outerjoin(Programme, Programme.id == Quota.programme_id)
        .where(Account.holder == person_id, Account.last_on >= today - SHOWN_AFTER)
        .order_by(Account.first_on, Account.id)
    )
    return [OwnAccount(row[1] or row[0], *row[2:]) for row in rows]


def own_days(person_id: int, *, page: int, now: datetime) -> OwnDays:
    """Return the given page (from 1) of a person's bookings that somebody else pays for."""
    found = charged_bookings(person_id, skip=(page - 1) * PAGE, limit=PAGE + 1)
    shown = found[:PAGE]
    came = checkins.arrivals([booking.id for booking in shown])
    steps = _steps([booking.uuid for booking in shown])
    days = [_day(booking, came, steps.get(booking.uuid, []), now) for booking in shown]
    return OwnDays(days, len(found) > PAGE)


def _day(booking: BookingFacts, came: dict[int, datetime | None], steps: list[Step], now: datetime) -> OwnDay:
    space = spaces.directory().by_id[booking.space_id]
    zone = clock.zone(space.timezone)
    at = came.get(booking.id)
    # The time of day is kept as long as check-ins are judged; then only the day is true.
    is_recent = now - booking.ends_at <= checkins.JUDGED_FOR
    return OwnDay(
        booking=booking,
        space=space,
        made_at=booking.made_at.astimezone(zone),
        came=booking.id in came,
        came_at=at.astimezone(zone) if at and is_recent else None,
        steps=[Step(each.kind, each.reason, each.payer, each.units, each.at.astimezone(zone)) for each in steps],
    )


def _steps(bookings: Iterable[UUID]) -> dict[UUID, list[Step]]:
    """Return what happened to bookings; of several accounts of one payer the first tells it."""
    rows = execute(
        select(
            Entry.booking_uuid,
            Entry.kind,
            Entry.reason,
            Employer.name.label("employer"),
            Programme.name.label("programme"),
            Entry.reserved_units,
            Entry.settled_units,
            Entry.made_at,
        )
        .join(Account, Account.id == Entry.account_id)
        .join(Quota, Quota.id == Account.quota_id)
        .outerjoin(Employer, Employer.id == Quota.employer_id)
        .outerjoin(Programme, Programme.id == Quota.programme_id)
        .where(Entry.booking_uuid.in_(bookings))
        .order_by(Entry.id)
    )
    steps: dict[UUID, list[Step]] = {}
    seen = set()
    for row in rows:
        payer = row.programme or row.employer
        units = max(abs(row.reserved_units), abs(row.settled_units))
        mark = (row.booking_uuid, row.kind, payer, row.made_at)
        if mark not in seen:
            seen.add(mark)
            steps.setdefault(row.booking_uuid, []).append(Step(row.kind, row.reason, payer, units, row.made_at))
    return steps
