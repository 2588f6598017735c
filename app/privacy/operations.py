"""Ending what somebody has opened, erasing a person (Art. 17 GDPR), letting go of what was kept long enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, exists, or_, select, update

from app import transaction
from app.audit import steps as audit
from app.billing import queries as billed
from app.billing import steps as billing
from app.bookings import steps as bookings
from app.checkins import steps as checkins
from app.employers import queries as hired
from app.employers import steps as employers
from app.employers.models import AGENT, Employment
from app.extensions import db
from app.funding import steps as funding
from app.messages import steps as messages
from app.people import queries as people
from app.people import steps
from app.people.models import Person, SignInCode
from app.people.steps import LockedPerson
from app.places.models import Officer
from app.privacy import steps as keeping
from app.reminders import steps as reminders
from app.spaces import steps as spaces
from app.spaces.models import Host

PEOPLE_AT_ONCE = 200
ROWS_AT_ONCE = 2000


def _untie(*, now: datetime, limit: int) -> int:
    """Cut bookings from who paid for them, once all of the months before is on statements."""
    return 0 if billed.is_behind(hired.today(now)) else bookings.untie(now=now, limit=limit)


SWEEPS = (
    keeping.sweep,
    keeping.empty_nobodys,
    spaces.sweep,
    employers.sweep,
    _untie,
    funding.sweep,
    billing.sweep,
    reminders.sweep,
    reminders.sweep_feeds,
)


@dataclass(frozen=True)
class Retained:
    """What one step of the retention did, and after which person the next one begins; None when all is done."""

    checkins: int
    bookings: int
    after: int | None


@transaction.write
def retain(*, now: datetime, after: int = 0) -> Retained:
    """Let go of what has been kept long enough: one bounded step, for people with ids above `after`.

    Check-ins lose their time of day after day+14, bookings and check-ins their person or label after 90 days, and
    bookings what leads to their payer; accounts their holder 90 days after their frame. Audit entries live for 365
    days; sessions and codes that are over go, and so do phones not seen for 180 days, and messages and decisions
    about reminders that were done with 30 days ago. Defects go 90 days after they were settled, offers of spaces
    180 days after their decision, employments 456 days after their end, the address and cost centre of one 180 days
    after it, invitations with their end, invoices at the end of the eighth year, calendar links that nobody has read
    for 180 days. Whoever acts for nobody any more
    gets long sessions again. A second run finds nothing to do.
    """
    chosen = select(Person.id).where(Person.id > after).order_by(Person.id).limit(PEOPLE_AT_ONCE)
    people_ids = db.session.execute(chosen).scalars().all()
    swept = max(step(now=now, limit=ROWS_AT_ONCE) for step in SWEEPS)
    if not people_ids:
        messages.sweep(now=now)
        return Retained(0, 0, after if swept == ROWS_AT_ONCE else None)
    _see_who_acts(people_ids, hired.today(now))
    checkins_emptied = keeping.empty_checkins(people_ids, now=now)
    return Retained(checkins_emptied, keeping.let_go(people_ids, now=now), people_ids[-1])


def _see_who_acts(people_ids: Sequence[int], today: date) -> None:
    """Give long sessions back to those of a range of people who have stopped to act for others."""
    acts = (
        exists().where(Host.person_id == Person.id),
        exists().where(Officer.person_id == Person.id),
        exists().where(Employment.person_id == Person.id, Employment.role == AGENT, *hired.holds(today)),
    )
    has_stopped = Person.acts_for_others & ~or_(*acts)
    chosen = update(Person).where(Person.id.between(people_ids[0], people_ids[-1]), has_stopped)
    db.session.execute(chosen.values(acts_for_others=False).execution_options(synchronize_session=False))


@transaction.write
def remove_address(*, person_id: int, address_id: int, now: datetime) -> bool:
    """Give up an address: it signs nobody in any more. Returns whether a calendar ended with it.

    Whoever had the address may have copied that of the calendar. Refuses: `NotFound`, `LastAddress`.
    """
    person = steps.lock(person_id)
    steps.give_up_address(person_id, address_id)
    _record(person, "remove_address", now)
    return reminders.end_feed(person_id)


@transaction.write
def sign_out_everywhere(*, person_id: int, now: datetime) -> bool:
    """End all sessions of a person. Returns whether a calendar ended with them. Refuses: `NotFound`."""
    person = steps.lock(person_id)
    steps.end_sessions(person_id)
    _record(person, "sign_out_everywhere", now)
    reminders.forget_phones(person_id)
    return reminders.end_feed(person_id)


@transaction.write
def erase(*, person_id: int, now: datetime) -> None:
    """Erase a person. What they did stays as numbers without them; the audit keeps only their public id.

    1. Bookings to come are given back, all bookings and check-ins let go of the person. Days are locked before the
       person; what was booked between the two is found by looking once more.
    2. What was sent to the person goes, and a farewell to each address is written, without an id.
    3. The person goes, and with it addresses, sessions, codes, offices and the calendar.

    Refuses: `NotFound`.
    """
    bookings.forget(person_id, now=now)
    person = steps.lock(person_id)
    bookings.forget(person_id, now=now)
    checkins.forget(person_id, now=now)
    spaces.forget(person_id)
    employers.forget(person_id)
    funding.forget(person_id)
    emails = [address.email for address in people.addresses(person_id)]
    messages.forget(person_id)
    for email in emails:
        farewell = messages.Draft("account_deleted", None, email, person.language, {"name": person.name or None})
        messages.write(farewell, now=now)
    db.session.execute(
        delete(SignInCode).where(or_(SignInCode.email.in_(emails), SignInCode.person_id == person_id)),
        execution_options={"synchronize_session": False},
    )
    db.session.execute(delete(Person).where(Person.id == person_id), execution_options={"synchronize_session": False})
    _record(person, "erase", now)


def _record(person: LockedPerson, action: str, now: datetime) -> None:
    audit.record(actor=person.public_id, action=action, subject=("person", person.public_id), detail={}, now=now)
