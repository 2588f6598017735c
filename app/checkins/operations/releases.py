"""Give a seat that nobody came to back to others."""

from __future__ import annotations

from datetime import datetime

from app import transaction
from app.bookings import steps as bookings
from app.checkins import queries
from app.checkins.queries import DueRelease
from app.people import steps as people
from app.spaces import queries as spaces


@transaction.write
def release_seat(*, due: DueRelease, now: datetime) -> bool:
    """Release the seat of a booking: others can book it at once, the booking itself stays, and its person is told.

    The day and the person are locked and everything is looked at once more, so that of several workers one does it,
    and nobody loses a seat whose check-in came a moment before. Returns whether it was released.
    """
    bookings.lock_days([(due.date, due.space_id)])
    again = queries.due_releases(now, booking_id=due.id)
    if not again:
        return False
    person_id = again[0].person_id  # with the day locked nobody is erased
    person = people.lock(person_id) if person_id is not None else None
    if not queries.due_releases(now, booking_id=due.id):
        return False
    booking = bookings.release(due.id, now=now)
    space = spaces.directory().by_id.get(due.space_id)
    if person is not None and space is not None:
        bookings.tell_released(booking, person, space, now=now)
    return True
