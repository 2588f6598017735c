"""What was granted and what became of it, put together from accounts, entries, bookings and check-ins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select

from app import clock
from app.billing import queries as billing
from app.bookings.queries import BookingFacts, charged_bookings
from app.checkins import queries as checkins
from app.employers.models import Employer
from app.extensions import execute
from app.funding import queries as funding
from app.funding.models import PERSON, Account, Entry, Programme, Quota
from app.funding.queries import Candidate
from app.spaces import queries as spaces
from app.spaces.queries import SpaceFacts

# Accounts that ended longer ago are history, which the days below tell.
SHOWN_AFTER = timedelta(days=30)
PAGE = 20


# As `funding.carries_due` decides it, as long as the person works there.
_CARRIES = and_(Quota.carries, Quota.ended_at.is_(None), or_(Quota.ends_on.is_(None), Quota.ends_on > Account.last_on))


@dataclass(frozen=True)
class OwnAccount:
    """A person's account, in half-days and cents; None = no limit. `reserved` and `used` add up to what is taken.

    `carries`: what is left of it goes to the next one. `is_shared`: it is for all together, and only its payer is told.
    """

    payer: str
    quota: str
    first_on: date
    last_on: date
    granted_units: int | None
    granted_cents: int | None
    reserved_units: int
    used_units: int
    taken_cents: int
    carries: bool = False
    is_shared: bool = False

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
    vouchers: Sequence[str]  # under which numbers it stands on statements


@dataclass(frozen=True)
class OwnDays:
    """Some days, the latest first, and whether there are older ones."""

    days: list[OwnDay]
    has_older: bool


def own_accounts(person_id: int, *, today: date) -> list[OwnAccount]:
    """Return what a person may use today, their accounts that come and those that have just ended, the latest first.

    Who has not booked yet has no account: then it is the one that the first booking would open.
    """
    rows = execute(
        select(
            Account.quota_id,
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
            _CARRIES,
        )
        .select_from(Account)
        .join(Quota, Quota.id == Account.quota_id)
        .outerjoin(Employer, Employer.id == Quota.employer_id)
        .outerjoin(Programme, Programme.id == Quota.programme_id)
        .where(Account.holder == person_id, Account.last_on >= today - SHOWN_AFTER)
        .order_by(Account.id)
    ).all()
    opened = [OwnAccount(row[2] or row[1], *row[3:]) for row in rows]
    known = {(row[0], row.first_on) for row in rows}
    usable = funding.usable(person_id, today)
    # Of a programme the person's own share is told; its budget is nobody's.
    own = {each.programme_id for each in usable if each.scope == PERSON and each.programme_id is not None}
    unopened = [
        _unopened(each)
        for each in usable
        if (each.quota_id, each.first_on) not in known and (each.scope == PERSON or each.programme_id not in own)
    ]
    return sorted([*opened, *unopened], key=lambda each: each.first_on, reverse=True)


def _unopened(found: Candidate) -> OwnAccount:
    payer = str(found.programme_name or found.employer_name)
    if found.scope != PERSON:
        return OwnAccount(payer, found.name, found.first_on, found.last_on, None, None, 0, 0, 0, is_shared=True)
    granted = found.granted_units, found.granted_cents
    return OwnAccount(payer, found.name, found.first_on, found.last_on, *granted, 0, 0, 0)


def own_days(person_id: int, *, page: int, now: datetime) -> OwnDays:
    """Return the given page (from 1) of a person's bookings that somebody else pays for."""
    found = charged_bookings(person_id, skip=(page - 1) * PAGE, limit=PAGE + 1)
    shown = found[:PAGE]
    came = checkins.arrivals([booking.id for booking in shown])
    steps = _steps([booking.uuid for booking in shown])
    vouchers = billing.vouchers_of_bookings([booking.uuid for booking in shown])
    days = [
        _day(booking, came, (steps.get(booking.uuid, []), vouchers.get(booking.uuid, ())), now) for booking in shown
    ]
    return OwnDays(days, len(found) > PAGE)


def _day(
    booking: BookingFacts,
    came: dict[int, datetime | None],
    billed: tuple[list[Step], Sequence[str]],
    now: datetime,
) -> OwnDay:
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
        steps=[Step(each.kind, each.reason, each.payer, each.units, each.at.astimezone(zone)) for each in billed[0]],
        vouchers=billed[1],
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
