"""The snapshot: all that a phone needs without network, in one round trip."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from app.access import SignedIn
from app.bookings.queries import BookingFacts
from app.checkins.queries import CheckinFacts, SignHashes
from app.phone.queries import PlaceFacts, Snapshot

SCHEMA = 1
_NO_SIGN = SignHashes((), ())
_TOLD = ("name", "town", "address", "plz", "lat", "lon", "timezone", "arrival", "is_sample")


class Me(BaseModel):
    """Who is signed in."""

    id: UUID
    name: str
    language: Literal["de", "en"]


class SeatOut(BaseModel):
    """A seat as people know it."""

    number: int
    name: str


class CheckedIn(BaseModel):
    """The check-in that counts for a booking."""

    id: UUID
    at: AwareDatetime | None
    verdict: str
    reason: str | None


class BookingOut(BaseModel):
    """A booking, ended ones too; `date` is the day at the space."""

    uuid: UUID
    date: date
    period: Literal["morning", "afternoon", "day"]
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    seat: SeatOut
    space: Annotated[str, Field(description="a key of `spaces`")]
    state: Literal["open", "ended"]
    ended_reason: str | None
    sequence: int
    checkin: CheckedIn | None


class SpaceOut(BaseModel):
    """A space of one of the bookings. Its signs are listed as hashes: recognised when seen, never copied."""

    name: str
    town: str
    address: str | None
    plz: str | None
    lat: float | None
    lon: float | None
    timezone: str
    arrival: str | None
    is_sample: bool
    sign_hashes: list[str]
    short_sign_hashes: list[str]


class CheckinOut(BaseModel):
    """A check-in of the last 14 days, and what the server makes of it by now."""

    id: UUID
    captured_at: AwareDatetime | None
    verdict: Literal["accepted", "flagged", "rejected"]
    reason: str | None
    text: str
    space: str | None
    booking: UUID | None


class SnapshotOut(BaseModel):
    """Everything the phone keeps."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    server_time: AwareDatetime
    person: Me
    bookings: list[BookingOut]
    spaces: dict[str, SpaceOut]
    checkins: list[CheckinOut]


def snapshot_out(person: SignedIn, snapshot: Snapshot, now: datetime) -> dict[str, object]:
    """Write the snapshot (shape: `SnapshotOut`)."""
    counting = {each.booking: each for each in snapshot.checkins if each.counts}
    return {
        "schema": SCHEMA,
        "server_time": _moment(now),
        "person": {"id": person.public_id, "name": person.name, "language": person.language},
        "bookings": [_booking(booking, counting.get(booking.uuid)) for booking in snapshot.bookings],
        "spaces": {each.slug: _space(each, snapshot.signs.get(each.id, _NO_SIGN)) for each in snapshot.places},
        "checkins": [_checkin(each) for each in snapshot.checkins],
    }


def _booking(booking: BookingFacts, checkin: CheckinFacts | None) -> dict[str, object]:
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
        "sequence": booking.sequence,
        "checkin": _checked_in(checkin) if checkin else None,
    }


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
