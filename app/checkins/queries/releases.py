"""Seats that nobody came to, where the space gives them to others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select

from app.bookings.models import Booking
from app.checkins.models import Checkin
from app.extensions import db
from app.spaces.models import Space

# The table allows no shorter time.
SHORTEST = timedelta(minutes=15)
# Hosts look back on a day; somebody who books at noon for the whole day is late only after that.
LONGEST_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class DueRelease:
    """A running booking whose seat is to be released since `due_at`."""

    id: int
    person_id: int | None
    space_id: int
    date: date
    due_at: datetime


def due_releases(now: datetime, *, booking_id: int | None = None) -> list[DueRelease]:
    """Return the bookings whose seats are due for release, the longest due first; of one booking if it is named.

    Only where the space says so, without a check-in of any evidence, not released or ended before, not over. Who books
    after the start has as much time from then on.
    """
    came = exists().where(
        Checkin.booking_id == Booking.id, Checkin.verdict != "rejected", Checkin.kind.in_(("check_in", "walk_in"))
    )
    statement = (
        select(
            Booking.id,
            Booking.person_id,
            Booking.space_id,
            Booking.date,
            Booking.starts_at,
            Booking.made_at,
            Space.release_after,
        )
        .join(Space, Space.id == Booking.space_id)
        .where(
            Booking.starts_at.between(now - LONGEST_DAY, now - SHORTEST),
            Booking.ends_at > now,
            Booking.ended_at.is_(None),
            Booking.released_at.is_(None),
            Space.release_after.is_not(None),
            ~came,
        )
    )
    if booking_id is not None:
        statement = statement.where(Booking.id == booking_id)
    found = []
    for row in db.session.execute(statement):
        due_at = max(row.starts_at, row.made_at) + timedelta(minutes=row.release_after)
        if due_at <= now:
            found.append(DueRelease(row.id, row.person_id, row.space_id, row.date, due_at))
    return sorted(found, key=lambda each: (each.due_at, each.id))


def released_on(space_id: int, day: date) -> list[datetime]:
    """Return when seats of a space were released on a day, the earliest first."""
    released = select(Booking.released_at).where(
        Booking.space_id == space_id, Booking.date == day, Booking.released_at.is_not(None)
    )
    return sorted(moment for moment in db.session.scalars(released) if moment is not None)
