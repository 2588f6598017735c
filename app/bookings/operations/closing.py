"""Close a space at short notice, and open it again."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app import clock, transaction
from app.audit import steps as audit
from app.bookings import models, queries, steps
from app.bookings.queries import DAYS_AHEAD, BookingFacts, Closing
from app.people import steps as people
from app.people.steps import LockedPerson
from app.spaces import queries as spaces
from app.spaces import steps as closures
from app.spaces.queries import Directory, SpaceFacts, UnknownSpace

# Of so many bookings, by id, which ones are those of people who are there; asked once everybody is locked.
Present = Callable[[Collection[int]], Collection[int]]


def nobody(booking_ids: Collection[int]) -> Collection[int]:
    """Answer that nobody is there, for whoever knows that it is too early for that."""
    del booking_ids
    return ()


@dataclass(frozen=True)
class Closed:
    """What a closure did: how many bookings it ended, how many people were told, how many stay because they are there.

    `is_new` is False for a repetition, which does nothing.
    """

    ended: int = 0
    told: int = 0
    stay: int = 0
    is_new: bool = True


@transaction.write
def close_days(*, closing: Closing, present: Present, actor: str, now: datetime) -> Closed:
    """Close days of a space and end what is booked there, except for people who are there already.

    1. Lock the days ascending, then the space: nobody books there in between, and two closures follow each other.
    2. Lock the people, so that no check-in of theirs comes in between; ask who is `present`.
    3. End the bookings and write one message per person, with what is free nearby on the same day.

    Refuses: `UnknownSpace`, `InvalidInput` (days in the past, too far ahead, in the wrong order, too many; no reason),
    `AlreadyClosed`.
    """
    known = spaces.directory()  # as it is before anything changes: what this process keeps must be what is committed
    space = _space(known, closing.space_id)
    closing.check(timezone=space.timezone, now=now)
    _lock(space, closing.first_on, closing.last_on, now)
    if not closures.close(space.id, closing.first_on, closing.last_on, closing.reason):
        return Closed(is_new=False)
    done = _end(known, closing, present, actor, now)
    detail = {"first_on": str(closing.first_on), "last_on": str(closing.last_on), "reason": closing.reason}
    counts = {"ended": done.ended, "stay": done.stay}
    audit.record(actor=actor, action="close_days", subject=("space", space.slug), detail=detail | counts, now=now)
    return done


@transaction.write
def close_for_good(*, closing: Closing, present: Present, actor: str, now: datetime) -> Closed:
    """Close a space from `first_on` on, for ever; what is booked there ends as in `close_days`.

    Refuses: `UnknownSpace`, `InvalidInput`.
    """
    known = spaces.directory()  # as it is before anything changes: what this process keeps must be what is committed
    space = _space(known, closing.space_id)
    closing.check(timezone=space.timezone, now=now)
    last_on = max(closing.first_on, clock.local_day(now, space.timezone) + timedelta(days=DAYS_AHEAD + 1))
    _lock(space, closing.first_on, last_on, now)
    closures.close_for_good(space.id, closing.first_on)
    done = _end(known, replace(closing, last_on=last_on), present, actor, now)
    detail = {"first_on": str(closing.first_on), "reason": closing.reason, "ended": done.ended, "stay": done.stay}
    audit.record(actor=actor, action="close_for_good", subject=("space", space.slug), detail=detail, now=now)
    return done


@transaction.write
def stay_open(*, space_id: int, actor: str, now: datetime) -> None:
    """Take back that a space closes for good, until the day comes. What that ended stays ended: those people were told.

    Refuses: `UnknownSpace`, `NotFound` (it does not close), `ClosedInPast`.
    """
    space = _space(spaces.directory(), space_id)
    was = closures.stay_open(space.id, today=clock.local_day(now, space.timezone))
    detail = {"first_on": str(was)}
    audit.record(actor=actor, action="stay_open", subject=("space", space.slug), detail=detail, now=now)


@transaction.write
def reopen_days(*, space_id: int, closure_id: int, actor: str, now: datetime) -> None:
    """Open the days of a closure again, from today on. What it ended stays ended: those people were told.

    Refuses: `UnknownSpace`, `NotFound`, `ClosedInPast`.
    """
    space = _space(spaces.directory(), space_id)
    today = clock.local_day(now, space.timezone)
    was = closures.reopen(space.id, closure_id, today=today)
    detail = {"first_on": str(was.first_on), "last_on": str(was.last_on), "reason": was.reason}
    audit.record(actor=actor, action="reopen_days", subject=("space", space.slug), detail=detail, now=now)


def _space(known: Directory, space_id: int) -> SpaceFacts:
    found = known.by_id.get(space_id)
    if found is None:
        raise UnknownSpace
    return found


def _lock(space: SpaceFacts, first_on: date, last_on: date, now: datetime) -> None:
    """Lock the days that can have bookings: further ahead nobody can book before the space is seen as closed."""
    last = min(last_on, clock.local_day(now, space.timezone) + timedelta(days=DAYS_AHEAD + 1))
    days = (last - first_on).days + 1
    steps.lock_days((first_on + timedelta(days=number), space.id) for number in range(days))


def _end(known: Directory, closing: Closing, present: Present, actor: str, now: datetime) -> Closed:
    booked = queries.booked_at(closing.space_id, closing.first_on, closing.last_on, now=now)
    locked = [people.lock(key) for key in sorted({each.person_id for each in booked if each.person_id})]
    there = set(present([each.id for each in booked]))
    ending = [each for each in booked if each.id not in there]
    steps.end([each.id for each in ending], reason=models.CLOSED, now=now)
    for person in locked:
        own = [each for each in ending if each.person_id == person.id]
        steps.note_ended(own, person, actor=actor, now=now)
        _tell(person, own, known, closing, now=now)
    told = {each.person_id for each in ending if each.person_id}
    return Closed(len(ending), len(told), len(booked) - len(ending))


def _tell(
    person: LockedPerson, ended: list[BookingFacts], known: Directory, closing: Closing, *, now: datetime
) -> None:
    if ended:
        space = known.by_id[closing.space_id]
        others = [each for each in known.bookable if each.id != space.id]
        told = [(each, queries.nearby(space, each.date, each.period, among=others, now=now)) for each in ended]
        steps.tell_closed(told, person, space, closing.reason, now=now)
