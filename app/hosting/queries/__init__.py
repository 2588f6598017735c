"""What a host sees: today, the week ahead, and what needs a human."""

from app.hosting.queries.attention import Notice, notices
from app.hosting.queries.guests import Guest, guests
from app.hosting.queries.snapshot import KeyFacts, SeatFacts, Snapshot, Week, snapshot

__all__ = ["Guest", "KeyFacts", "Notice", "SeatFacts", "Snapshot", "Week", "guests", "notices", "snapshot"]
