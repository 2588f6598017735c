"""Reads: signs, passes, what is known of events, and what somebody did of late."""

from app.checkins.queries.devices import DeviceFacts, devices_of, known_devices
from app.checkins.queries.events import Context, bookings_around, known_signs, records
from app.checkins.queries.passes import LIFE, KeyFacts, Signer, current_key, live_keys, named_booking, passes_of, signer
from app.checkins.queries.recent import CheckinFacts, arrivals, present, recent_checkins
from app.checkins.queries.signs import SignFacts, SignHashes, sign_hashes, sign_of

__all__ = [
    "LIFE",
    "CheckinFacts",
    "Context",
    "DeviceFacts",
    "KeyFacts",
    "SignFacts",
    "SignHashes",
    "Signer",
    "arrivals",
    "bookings_around",
    "current_key",
    "devices_of",
    "known_devices",
    "known_signs",
    "live_keys",
    "named_booking",
    "passes_of",
    "present",
    "recent_checkins",
    "records",
    "sign_hashes",
    "sign_of",
    "signer",
]
