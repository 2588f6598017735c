"""Reads: signs, passes, devices, what is known of events, who was there, and what somebody did of late."""

from app.checkins.posters import sign_pdf
from app.checkins.queries.charges import AFTER_ALL, CALLED_OFF, UNPROVED, due_charge, due_charges
from app.checkins.queries.devices import DeviceFacts, devices_of, known_devices, known_devices_and_gone
from app.checkins.queries.displays import Brought, DisplayFacts, brought, displays_of, known_displays
from app.checkins.queries.events import Context, hosts_records, known_signs, records, records_of_ids, walk_in_seats
from app.checkins.queries.gone import gone, gone_digest
from app.checkins.queries.hosts import HostDevice, HostDeviceFacts, HostDeviceRevoked, host_device, host_devices
from app.checkins.queries.judged import bookings_around, named_bookings, pass_keys, points
from app.checkins.queries.missing import Missing, missing_checkins, unheard
from app.checkins.queries.passes import LIFE, KeyFacts, Signer, current_key, live_keys, named_booking, passes_of, signer
from app.checkins.queries.presence import EVIDENCE, Presence, evidence_shares, presences
from app.checkins.queries.recent import CheckinFacts, arrivals, present, recent_checkins
from app.checkins.queries.releases import DueRelease, due_releases, released_on
from app.checkins.queries.restores import resend_since
from app.checkins.queries.signs import SignFacts, SignHashes, sign_hashes, sign_of, signs_of
from app.checkins.records import JUDGED_FOR

__all__ = [
    "AFTER_ALL",
    "CALLED_OFF",
    "EVIDENCE",
    "JUDGED_FOR",
    "LIFE",
    "UNPROVED",
    "Brought",
    "CheckinFacts",
    "Context",
    "DeviceFacts",
    "DisplayFacts",
    "DueRelease",
    "HostDevice",
    "HostDeviceFacts",
    "HostDeviceRevoked",
    "KeyFacts",
    "Missing",
    "Presence",
    "SignFacts",
    "SignHashes",
    "Signer",
    "arrivals",
    "bookings_around",
    "brought",
    "current_key",
    "devices_of",
    "displays_of",
    "due_charge",
    "due_charges",
    "due_releases",
    "evidence_shares",
    "gone",
    "gone_digest",
    "host_device",
    "host_devices",
    "hosts_records",
    "known_devices",
    "known_devices_and_gone",
    "known_displays",
    "known_signs",
    "live_keys",
    "missing_checkins",
    "named_booking",
    "named_bookings",
    "pass_keys",
    "passes_of",
    "points",
    "presences",
    "present",
    "recent_checkins",
    "records",
    "records_of_ids",
    "released_on",
    "resend_since",
    "sign_hashes",
    "sign_of",
    "sign_pdf",
    "signer",
    "signs_of",
    "unheard",
    "walk_in_seats",
]
