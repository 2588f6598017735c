"""Writing the snapshot."""

from __future__ import annotations

from datetime import datetime

from app.access import SignedIn
from app.bookings.queries import BookingFacts, Entrance, Paying, Replacement
from app.checkins.queries import CheckinFacts, SignHashes
from app.phone.queries import PlaceFacts, Snapshot

SCHEMA = 1
_NO_SIGN = SignHashes((), ())
_TOLD = ("name", "town", "address", "plz", "lat", "lon", "timezone", "arrival", "is_sample")


def snapshot_out(person: SignedIn, snapshot: Snapshot, now: datetime) -> dict[str, object]:
    """Write the snapshot (shape: `SnapshotOut`)."""
    counting = {each.booking: each for each in snapshot.checkins if each.counts}
    return {
        "schema": SCHEMA,
        "server_time": _moment(now),
        "person": {"id": person.public_id, "name": person.name, "language": person.language},
        "bookings": [
            {
                **_booking(booking, counting.get(booking.uuid), snapshot.passes.get(booking.uuid)),
                **_instead(snapshot.replacements.get(booking.id)),
                "door": _door(snapshot.entrances.get(booking.id)),
                "payer": _payer(snapshot.paying.get(booking.id)),
            }
            for booking in snapshot.bookings
        ],
        "spaces": {each.slug: _space(each, snapshot.signs.get(each.id, _NO_SIGN)) for each in snapshot.places},
        "checkins": [_checkin(each) for each in snapshot.checkins],
        "resend_since": _moment(snapshot.resend_since),
        "missing": [
            {"device": str(each.device), "seq": each.seq, "day": each.day.isoformat()} for each in snapshot.missing
        ],
    }


def _booking(booking: BookingFacts, checkin: CheckinFacts | None, address: str | None) -> dict[str, object]:
    return {
        "uuid": str(booking.uuid),
        "date": booking.date.isoformat(),
        "period": booking.period,
        "starts_at": _moment(booking.starts_at),
        "ends_at": _moment(booking.ends_at),
        "seat": {"number": booking.seat_number, "name": booking.seat_name},
        "space": booking.space_slug,
        "state": "open" if booking.is_open else "ended",
        "ended_reason": booking.ended_reason,
        "released_at": _moment(booking.released_at),
        "sequence": booking.sequence,
        "checkin": _checked_in(checkin) if checkin else None,
        "pass": address,
    }


def _door(entrance: Entrance | None) -> dict[str, object] | None:
    if entrance is None:
        return None
    frame = {"shown_from": _moment(entrance.shown_from), "shown_until": _moment(entrance.shown_until)}
    return {**frame, "told": entrance.door.told() if entrance.door else None}


def _payer(paying: Paying | None) -> dict[str, object] | None:
    if paying is None:
        return None
    return {
        "name": paying.name,
        "own_cents": paying.own_cents,
        "can_change": paying.can_change,
        "decide_by": _moment(paying.decide_by),
    }


def _instead(replacement: Replacement | None) -> dict[str, object]:
    if replacement is None:
        return {"ended_note": None, "ways": []}
    ways = [
        {"name": way.space.name, "town": way.space.town_name, "period": way.period, "path": way.path}
        for way in replacement.ways
    ]
    return {"ended_note": replacement.reason, "ways": ways}


def _checked_in(checkin: CheckinFacts) -> dict[str, object]:
    return {
        "id": str(checkin.event_id),
        "at": _moment(checkin.effective_at),
        "verdict": checkin.verdict,
        "reason": checkin.reason,
    }


def _space(place: PlaceFacts, signs: SignHashes) -> dict[str, object]:
    facts = {name: getattr(place, name) for name in _TOLD}
    return {**facts, "sign_hashes": signs.long, "short_sign_hashes": signs.short}


def _checkin(checkin: CheckinFacts) -> dict[str, object]:
    return {
        "id": str(checkin.event_id),
        "captured_at": _moment(checkin.captured_at),
        "verdict": checkin.verdict,
        "reason": checkin.reason,
        "text": checkin.text,
        "space": checkin.space,
        "booking": str(checkin.booking) if checkin.booking else None,
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None
