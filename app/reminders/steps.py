"""Ending calendars, as part of what ends more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Delete, and_, delete, or_, select

from app import clock
from app.extensions import db
from app.reminders.models import Feed
from app.reminders.queries import TIMEZONE

# Programs look many times a day; one that nobody has read for so long is subscribed to by nobody.
UNREAD_KEPT = timedelta(days=180)


def end_feed(person_id: int) -> bool:
    """End the calendar of a person: its address opens nothing any more. Returns whether there was one."""
    return _change(delete(Feed).where(Feed.person_id == person_id)) > 0


def sweep(*, now: datetime, limit: int) -> int:
    """Delete at most `limit` calendars that no program has read for 180 days. Returns how many."""
    last_on = clock.local_day(now, TIMEZONE) - UNREAD_KEPT
    is_unread = or_(Feed.read_on < last_on, and_(Feed.read_on.is_(None), Feed.made_at < now - UNREAD_KEPT))
    chosen = select(Feed.person_id).where(is_unread).order_by(Feed.person_id).limit(limit)
    return _change(delete(Feed).where(Feed.person_id.in_(chosen)))


def _change(statement: Delete) -> int:
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", done).rowcount
