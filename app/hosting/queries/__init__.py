"""What a host sees: today, the week ahead, and what needs a human."""

from app.hosting.queries.attention import Notice, notices
from app.hosting.queries.guests import Guest, guests
from app.hosting.queries.journal import Written, journal
from app.hosting.queries.snapshot import DAYS, KeyFacts, SeatFacts, Snapshot, Week, snapshot, week

__all__ = [
    "DAYS",
    "Guest",
    "KeyFacts",
    "Notice",
    "SeatFacts",
    "Snapshot",
    "Week",
    "Written",
    "guests",
    "journal",
    "notices",
    "snapshot",
    "week",
]
