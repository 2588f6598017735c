"""Reads: signs, what is known of events, and what somebody did of late."""

from app.checkins.queries.events import Context, bookings_around, known_signs, records
from app.checkins.queries.recent import CheckinFacts, arrivals, recent_checkins
from app.checkins.queries.signs import SignFacts, SignHashes, sign_hashes, sign_of

__all__ = [
    "CheckinFacts",
    "Context",
    "SignFacts",
    "SignHashes",
    "arrivals",
    "bookings_around",
    "known_signs",
    "recent_checkins",
    "records",
    "sign_hashes",
    "sign_of",
]
