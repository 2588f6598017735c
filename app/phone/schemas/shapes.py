"""The snapshot's shape: all that a phone needs without network, in one round trip."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field


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


class WayOut(BaseModel):
    """Another place with a free desk on the same day; `path` is its booking form, filled in."""

    name: str
    town: str
    period: Literal["morning", "afternoon", "day"]
    path: str


class DoorOut(BaseModel):
    """How to get in; `opens` says that a button does it."""

    code: str | None
    hint: str | None
    opens: bool
    wifi_name: str | None
    wifi_password: str | None
    emergency_contact: str | None


class EntranceOut(BaseModel):
    """From when until when a phone shows how to get in. It is `told` from 18 hours before the booking."""

    shown_from: AwareDatetime
    shown_until: AwareDatetime
    told: DoorOut | None


class PayerOut(BaseModel):
    """Who pays for a booking."""

    name: Annotated[str | None, Field(description="who pays besides the person; null when nobody does")]
    own_cents: Annotated[int | None, Field(description="what the person pays on site, gross; null when unknown")]
    can_change: Annotated[bool, Field(description="somebody else may pay: `/buchungen/<uuid>/zahlen`")]
    decide_by: Annotated[AwareDatetime | None, Field(description="the payer ends before: choose another by then")]


class BookingOut(BaseModel):
    """A booking, ended ones too; `date` is the day at the space."""

    uuid: UUID
    date: date
    period: Literal["morning", "afternoon", "day", "hours"]
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    seat: SeatOut
    space: Annotated[str, Field(description="a key of `spaces`")]
    state: Literal["open", "ended"]
    ended_reason: str | None
    ended_note: Annotated[str | None, Field(description="why the space has closed")]
    ways: Annotated[list[WayOut], Field(description="what is free instead, when the space has closed")]
    released_at: Annotated[
        AwareDatetime | None, Field(description="since when others may book the seat, because nobody had checked in")
    ]
    sequence: int
    door: Annotated[
        EntranceOut | None, Field(description="null when there is nothing to tell, or the booking lets nobody in")
    ]
    payer: Annotated[PayerOut | None, Field(description="null when the booking has ended or is over")]
    checkin: CheckedIn | None
    pass_: Annotated[
        str | None, Field(alias="pass", description="what the QR code of its pass says; null when none is needed soon")
    ]


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
    """A check-in of the last 14 days, and what the server makes of it by now. Duplicates are left out."""

    id: UUID
    captured_at: AwareDatetime | None
    verdict: Literal["accepted", "flagged", "rejected"]
    reason: str | None
    text: str
    space: str | None
    booking: UUID | None


class MissingOut(BaseModel):
    """A check-in that a phone had and that never came; a phone that still has it shows it itself."""

    device: UUID
    seq: int
    day: date


class SnapshotOut(BaseModel):
    """Everything the phone keeps."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    server_time: AwareDatetime
    person: Me
    bookings: list[BookingOut]
    spaces: dict[str, SpaceOut]
    checkins: list[CheckinOut]
    resend_since: Annotated[
        AwareDatetime | None, Field(description="the server came out of a backup: send again what was sent since")
    ]
    missing: list[MissingOut]
