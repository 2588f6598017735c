"""The shapes of a host's snapshot."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field


class PlaceOut(BaseModel):
    """The space."""

    id: Annotated[int, Field(description="what passes name the space by")]
    slug: str
    name: str
    timezone: str


class HoursOut(BaseModel):
    """Minutes after midnight on the space's clock."""

    opens: int
    splits: int
    closes: int


class SeatOut(BaseModel):
    """A desk, room or booth."""

    number: int
    name: str
    kind: Literal["desk", "room", "booth"]


class SeatName(BaseModel):
    """A seat as people know it."""

    number: int
    name: str


class GuestOut(BaseModel):
    """A booking of today. A device without a host's session gets initials instead of names and labels."""

    booking: UUID
    pass_: Annotated[str, Field(alias="pass", description="what passes name the booking by: 8 bytes in hex")]
    name: str
    label: str | None
    seat: SeatName
    period: Literal["morning", "afternoon", "day", "hours"]
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    state: Literal["expected", "there", "left", "released"]
    checked_in_at: AwareDatetime | None
    left_at: AwareDatetime | None
    evidence: Literal["display", "host_scan", "sign", "host_word", "own_word", "assumed"] | None
    is_late: Annotated[bool, Field(description="the check-in arrived more than 10 minutes after it was made")]
    ended: Annotated[str | None, Field(description="why the booking ended, e.g. cancelled, closed, undone")]


class HalfDaysOut(BaseModel):
    """Numbers of desks; null: closed or over."""

    morning: int | None
    afternoon: int | None


class DayOut(BaseModel):
    """A day of the week ahead."""

    date: date
    closed: Annotated[str | None, Field(description="why: weekday, holiday, closure, gone")]
    note: Annotated[str | None, Field(description="which holiday or closure")]
    booked: HalfDaysOut
    free: HalfDaysOut


class NoticeOut(BaseModel):
    """Something that needs a human."""

    kind: str
    booking: UUID | None
    event: UUID | None
    text: str
    at: AwareDatetime | None


class WrittenOut(BaseModel):
    """What a host recorded today on some device and may take back on any."""

    event: UUID
    kind: Literal["check_in", "check_out", "walk_in"]
    booking: UUID | None
    at: AwareDatetime


class KeyOut(BaseModel):
    """A key that signs passes: x and y in base64url without padding. Passes made after `retired_at` are forged."""

    kid: int
    key: str
    valid_from: AwareDatetime
    retired_at: AwareDatetime | None


class HostSnapshotOut(BaseModel):
    """Everything a host's device keeps."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    server_time: AwareDatetime
    space: PlaceOut
    day: date
    hours: HoursOut | None
    closed: str | None
    note: str | None
    seats: list[SeatOut]
    guests: list[GuestOut]
    free: HalfDaysOut
    week: list[DayOut]
    attention: list[NoticeOut]
    written: list[WrittenOut]
    keys: list[KeyOut]
