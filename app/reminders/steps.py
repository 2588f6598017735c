"""Ending calendars, phones, and forgetting what was decided, as part of what ends more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Delete, and_, delete, or_, select, tuple_

from app import clock
from app.extensions import db
from app.messages.steps import KEPT
from app.reminders.models import Feed, PushSubscription, Reminder
from app.reminders.queries import TIMEZONE

# Programs look many times a day; one that nobody has read for so long is subscribed to by nobody.
UNREAD_KEPT = timedelta(days=180)


def end_feed(person_id: int) -> bool:
    """End the calendar of a person: its address opens nothing any more. Returns whether there was one."""
    return _change(delete(Feed).where(Feed.person_id == person_id)) > 0


def forget_phones(person_id: int) -> None:
    """Forget the browsers that show a person's messages: whoever holds one of them hears nothing more."""
    db.session.execute(delete(PushSubscription).where(PushSubscription.person_id == person_id))


def sweep_feeds(*, now: datetime, limit: int) -> int:
    """Delete at most `limit` calendars that no program has read for 180 days. Returns how many."""
    last_on = clock.local_day(now, TIMEZONE) - UNREAD_KEPT
    is_unread = or_(Feed.read_on < last_on, and_(Feed.read_on.is_(None), Feed.made_at < now - UNREAD_KEPT))
    chosen = select(Feed.person_id).where(is_unread).order_by(Feed.person_id).limit(limit)
    return _change(delete(Feed).where(Feed.person_id.in_(chosen)))


def sweep(*, now: datetime, limit: int) -> int:
    """Forget at most `limit` decisions that are as old as messages may become. Returns how many.

    The bookings are long over then, and nobody looks back for more than a day.
    """
    old = select(Reminder.booking_id, Reminder.kind).where(Reminder.at < now - KEPT).limit(limit)
    keys = [tuple(row) for row in db.session.execute(old)]
    if keys:
        db.session.execute(delete(Reminder).where(tuple_(Reminder.booking_id, Reminder.kind).in_(keys)))
    return len(keys)


def _change(statement: Delete) -> int:
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", done).rowcount
