"""Which bookings somebody is to be reminded of now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from app import clock
from app.bookings.models import Booking
from app.extensions import db
from app.messages.queries import CHECK_IN, EVENING, HOUR
from app.reminders.models import LATE, NEEDLESS, TOLD, Reminder
from app.spaces import queries as spaces
from app.spaces.models import Space

KINDS = (EVENING, HOUR, CHECK_IN)
# On the clock of the space, on the day before.
EVENING_MINUTE = 18 * 60
AHEAD = timedelta(hours=1)
# Who is not there an hour after the start has other reasons than to have forgotten it.
AFTER = timedelta(hours=1)
DAY = timedelta(days=1)
BATCH = 500


@dataclass(frozen=True)
class Due:
    """What was found for one booking. `fate` is one of the reminder's, `expires_at` when it is of no use any more."""

    booking_id: int
    person_id: int
    kind: str
    fate: str
    expires_at: datetime


@dataclass(frozen=True)
class Page:
    """Some of what is due, and where to look for more: None when that was all."""

    found: list[Due]
    after: tuple[datetime, int] | None


def due(kind: str, now: datetime, *, after: tuple[datetime, int]) -> Page:
    """Return what has to be decided about this kind of reminder and was not yet, in the order of the bookings' starts.

    `after`: the start and id of the last booking that was looked at, or the moment up to which bookings had started
    when all was decided before, and 0. Reads bookings by their index on `starts_at` alone.
    """
    starts_at, booking_id = after
    reminded = and_(Reminder.booking_id == Booking.id, Reminder.kind == kind)
    rows = db.session.execute(
        select(
            Booking.id,
            Booking.person_id,
            Booking.date,
            Booking.starts_at,
            Booking.ends_at,
            Booking.made_at,
            Space.timezone,
        )
        .join(Space, Space.id == Booking.space_id)
        .outerjoin(Reminder, reminded)
        .where(
            Booking.starts_at >= starts_at,
            or_(Booking.starts_at > starts_at, Booking.id > booking_id),
            Booking.starts_at <= _latest(kind, now),
            Booking.ended_at.is_(None),
            Booking.person_id.is_not(None),
            Reminder.booking_id.is_(None),
        )
        .order_by(Booking.starts_at, Booking.id)
        .limit(BATCH)
    ).all()
    found = [each for row in rows if (each := _decided(kind, row, now)) is not None]
    return Page(found, (rows[-1].starts_at, rows[-1].id) if len(rows) == BATCH else None)


def _latest(kind: str, now: datetime) -> datetime:
    """Return the last start that a reminder can be due for."""
    if kind == EVENING:
        return max((_evening(now, timezone) for timezone in _timezones()), default=now)
    return now + AHEAD if kind == HOUR else now


def _timezones() -> set[str]:
    return {space.timezone for space in spaces.directory().by_id.values()}


def _evening(now: datetime, timezone: str) -> datetime:
    """Return the end of the day that the last evening reminders there were about."""
    today = clock.local_day(now, timezone)
    has_struck = now >= clock.moment_of(today, EVENING_MINUTE, timezone)
    return clock.moment_of(today + has_struck * DAY, 24 * 60, timezone)


def _decided(kind: str, row: Any, now: datetime) -> Due | None:
    """Say what becomes of a booking's reminder; None while it is too early."""
    due_at, expires_at = _frame(kind, row)
    if due_at > now:
        return None
    fate = NEEDLESS if row.made_at >= due_at else LATE if expires_at <= now else TOLD
    return Due(row.id, row.person_id, kind, fate, expires_at)


def _frame(kind: str, row: Any) -> tuple[datetime, datetime]:
    """Return from when and until when it makes sense to remind of a booking."""
    if kind == EVENING:  # after that the reminder of the hour says it better
        return clock.moment_of(row.date - DAY, EVENING_MINUTE, row.timezone), row.starts_at - AHEAD
    if kind == HOUR:
        return row.starts_at - AHEAD, row.starts_at
    return row.starts_at, min(row.starts_at + AFTER, row.ends_at)
