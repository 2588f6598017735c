"""Take a seat away at once, with people who have booked it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app import clock, i18n, transaction
from app.bookings import models, queries, steps
from app.bookings.operations.closing import Present
from app.bookings.queries import DAYS_AHEAD, BookingFacts
from app.errors import N_
from app.people import steps as people
from app.people.steps import LockedPerson
from app.spaces import queries as spaces
from app.spaces import steps as keeping
from app.spaces.queries import SpaceFacts

REASON = N_("Diesen Platz gibt es nicht mehr, und ein anderer ist zu dieser Zeit nicht frei.")


@dataclass(frozen=True)
class Vacated:
    """How many bookings got another seat, how many ended because there was none, how many stay: people are there."""

    moved: int = 0
    ended: int = 0
    stay: int = 0


@transaction.write
def vacate_seat(*, slug: str, person_id: int, number: int, present: Present, now: datetime) -> Vacated:
    """Let nobody book a seat any more, and give those who have booked it another one of the kind.

    1. Lock the days with bookings of this seat, then the space. Who books it in between is found by looking again.
    2. Lock the people; who is `present` keeps the seat until the end.
    3. Move each booking to a free seat, in the order in which seats are offered; where there is none it ends. Each
       person is told about each booking.

    Refuses: `UnknownSpace`.
    """
    space = spaces.directory().space(slug)
    booked = _booked(space, number, now)
    steps.lock_days((each.date, space.id) for each in booked)
    kept = keeping.lock_hosted(slug, person_id)
    today = clock.local_day(now, space.timezone)
    if not keeping.retire(kept.space, number, today):
        return Vacated()
    again = _booked(space, number, now)
    if {each.date for each in again} - {each.date for each in booked}:
        raise transaction.Again  # a day that is not locked; the next try knows it
    locked = {key: people.lock(key) for key in sorted({each.person_id for each in again if each.person_id})}
    there = set(present([each.id for each in again]))
    leaving = [each for each in again if each.id not in there]
    moved = sum(_move(each, space, locked.get(each.person_id), actor=kept.actor, now=now) for each in leaving)
    done = Vacated(moved, len(leaving) - moved, len(there))
    keeping.write_down(kept, "vacate_seat", {"number": number, **vars(done)}, now=now)
    return done


def _booked(space: SpaceFacts, number: int, now: datetime) -> list[BookingFacts]:
    today = clock.local_day(now, space.timezone)
    found = queries.booked_at(space.id, today, today + timedelta(days=DAYS_AHEAD + 1), now=now)
    return [each for each in found if each.seat_number == number]


def _move(booking: BookingFacts, space: SpaceFacts, person: LockedPerson | None, *, actor: str, now: datetime) -> bool:
    """Give a booking another seat, or end it. Returns whether there was one."""
    seat = queries.other_seat(booking, space)
    if seat is None:
        steps.end([booking.id], reason=models.CLOSED, now=now)
        if person is not None:
            steps.note_ended([booking], person, actor=actor, now=now)
            with i18n.speaking(person.language):
                steps.tell_called_off(booking, person, space, i18n.gettext(REASON), now=now)
        return False
    steps.move_to_seat(booking, seat.id, now=now)
    if person is not None:
        steps.tell_changed(queries.booking_of(person.id, booking.uuid), booking, person, space, now=now)
    return True
