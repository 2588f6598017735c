"""How many half-days each person used in a month, for an employer that has switched counts on: no day and no place.

What an employer knows besides must not lead further. It has the exact total of a month from its statement, and it may
look twice. So a month is all or nothing: either everybody who used something stands there, or nobody; and its figures
are those of the books when it was first shown, whatever is corrected later.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select

from app import clock
from app.bookings.models import Booking
from app.bookings.queries import PERSON_KEPT
from app.employers import queries as employers
from app.employers.models import MEMBER, Employment
from app.employers.queries import FEWEST, EmployerFacts
from app.extensions import execute
from app.funding import queries as funding
from app.funding.models import MONTH, Account, Entry, Quota
from app.people.models import Person

# Charges are decided by the 14th day after the day; the worker has one more to do so.
SHOWN_AFTER = timedelta(days=16)
FIRST_DAYS_KEPT = timedelta(days=PERSON_KEPT)


@dataclass(frozen=True)
class PersonCount:
    """Somebody who worked there in a month, and how many half-days they used on the employer's quotas."""

    name: str
    email: str | None
    cost_centre: str | None
    units: int


@dataclass(frozen=True)
class MonthCounts:
    """A month by its first day, people by name; None where a number would tell too much about one of them."""

    first_on: date
    rows: list[PersonCount] | None


def shown_months(employer: EmployerFacts, *, today: date) -> list[date]:
    """Return the months of which an employer may see counts, by their first days, newest first; none while it is off.

    They began when it was on already, ended 16 days ago, and all of their bookings still have their person.
    """
    if employer.counts_since is None:
        return []
    since = clock.local_day(employer.counts_since, employers.TIMEZONE)
    month, found = today.replace(day=1), []
    while month >= max(since, today - FIRST_DAYS_KEPT):
        if _last_of(month) + SHOWN_AFTER <= today:
            found.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return found


def first_shown(since: date) -> tuple[date, date]:
    """Return the first month that counts since a day can show, and the day from which it is shown."""
    month = since if since.day == 1 else funding.next_frame(since.replace(day=1), MONTH)
    return month, _last_of(month) + SHOWN_AFTER


def month_counts(employer: EmployerFacts, month: date, *, today: date) -> MonthCounts:
    """Return the counts of one of the shown months.

    They stay untold when fewer than five work there today or worked there then, when fewer than five used something,
    or when somebody did who is not on the list: the statement's total would give them away.
    """
    units = _units(employer.id, month)
    people = _people(employer.id, month)
    users, others = len(units.keys() & people.keys()), len(units.keys() - people.keys())
    groups = (employers.count_members(employer.id, on=today), len(people), users)
    if min(groups) < FEWEST or 0 < others < FEWEST:
        return MonthCounts(month, None)
    found = [PersonCount(*facts, units.get(person_id, 0)) for person_id, facts in people.items()]
    return MonthCounts(month, sorted(found, key=lambda each: _sounding(each.name)))


def _units(employer_id: int, month: date) -> Mapping[int | None, int]:
    """Return the half-days used by each person as the books stood; under None what nobody is known for any more."""
    closed_at = clock.moment_of(_last_of(month) + SHOWN_AFTER, 0, employers.TIMEZONE)
    used = func.sum(Entry.settled_units)
    rows = execute(
        select(Booking.person_id, used)
        .select_from(Quota)
        .join(Account, Account.quota_id == Quota.id)
        .join(Entry, Entry.account_id == Account.id)
        .join(Booking, Booking.uuid == Entry.booking_uuid)
        .where(
            Quota.employer_id == employer_id,
            Account.first_on <= _last_of(month),
            Account.last_on >= month,
            Booking.date.between(month, _last_of(month)),
            Entry.made_at < closed_at,
        )
        .group_by(Booking.person_id)
        .having(used > 0)
    )
    return {row[0]: int(row[1]) for row in rows}


def _people(employer_id: int, month: date) -> Mapping[int, tuple[str, str | None, str | None]]:
    """Return who worked there on a day of the month; who came back counts once, as known last."""
    rows = execute(
        select(Person.id, Person.name, Employment.email, Employment.cost_centre)
        .join(Employment, Employment.person_id == Person.id)
        .where(
            Employment.employer_id == employer_id,
            Employment.role == MEMBER,
            Employment.starts_on <= _last_of(month),
            or_(
                Employment.ends_on.is_(None), (Employment.ends_on > month) & (Employment.ends_on > Employment.starts_on)
            ),
        )
        .order_by(Person.id, Employment.id)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def _sounding(name: str) -> str:
    """Return a name as people look for it: Ç beside C, whatever the database thinks."""
    letters = unicodedata.normalize("NFKD", name)
    return "".join(each for each in letters if not unicodedata.combining(each)).casefold()


def _last_of(month: date) -> date:
    return funding.next_frame(month, MONTH) - timedelta(days=1)
