"""Reminding, and sending every message the way its person chose."""

from app.reminders.operations.choosing import choose, leave
from app.reminders.operations.feeds import end_feed, make_feed, note_reading
from app.reminders.operations.reminding import Reminded, remind
from app.reminders.operations.routing import route
from app.reminders.operations.subscribing import (
    NotSubscribed,
    TooManyTrials,
    forget_phone,
    settle_pushes,
    subscribe,
    try_push,
    unsubscribe,
)

__all__ = [
    "NotSubscribed",
    "Reminded",
    "TooManyTrials",
    "choose",
    "end_feed",
    "forget_phone",
    "leave",
    "make_feed",
    "note_reading",
    "remind",
    "route",
    "settle_pushes",
    "subscribe",
    "try_push",
    "unsubscribe",
]
