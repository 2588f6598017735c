"""Bookings as JSON: what comes in, what goes out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.api import Body
from app.bookings.schemas.kinds import MISSING, Day, HalfHour, Period, after_start


class OrderIn(Body):
    """What somebody wants to book: a desk for a period, or a room or booth from one half-hour to another.

    Without a seat number the desk is chosen; a room is named.
    """

    space: str = Field(max_length=60)
    date: Day
    start: HalfHour | None = Field(default=None, alias="from")
    to: HalfHour | None = Field(default=None, validate_default=True)
    period: Period | None = Field(default=None, validate_default=True)
    seat: int | None = Field(default=None, ge=1, le=32767, validate_default=True)
    payer: str | None = Field(default=None, min_length=1, max_length=80)  # else the first that can: see the answer

    _ends = field_validator("to")(after_start)

    @field_validator("period")
    @classmethod
    def _one_way(cls, period: str | None, info: ValidationInfo) -> str | None:
        if (period is None) == (info.data.get("start") is None):
            raise MISSING if period is None else PydanticCustomError("extra_forbidden", "from and to say when")
        return period

    @field_validator("seat")
    @classmethod
    def _named(cls, seat: int | None, info: ValidationInfo) -> int | None:
        if seat is None and info.data.get("start") is not None:
            raise MISSING
        return seat

    @property
    def half_hours(self) -> range | None:
        return None if self.start is None or self.to is None else range(self.start, self.to)


class SeatIn(Body):
    """The number of the seat to move to."""

    seat: int = Field(ge=1, le=32767)


class EmptyIn(Body):
    """A body without fields."""


class SeatOut(BaseModel):
    """A seat as people know it."""

    number: int
    name: str


class BookingOut(BaseModel):
    """A booking of the person who asks. Moments are UTC; `date` is the day at the space."""

    uuid: str
    date: date
    period: Period | Literal["hours"]
    starts_at: datetime
    ends_at: datetime
    seat: SeatOut
    space: str
    state: Literal["open", "ended"]
    ended_reason: str | None
    price_cents: int | None
    payer: str | None
    sequence: int


class AvailabilityQuery(BaseModel):
    """Which days and spaces are asked about."""

    model_config = ConfigDict(extra="forbid")

    date: Day
    days: int = Field(default=1, ge=1, le=31)
    period: Period = "day"
    kind: Literal["desk", "room", "booth"] = "desk"
    start: HalfHour | None = Field(default=None, alias="from", description="of a room or booth: HH:00 or HH:30")
    to: HalfHour | None = Field(default=None, validate_default=True)
    town: str | None = Field(default=None, max_length=60)
    space: str | None = Field(default=None, max_length=60)

    _ends = field_validator("to")(after_start)

    @field_validator("start")
    @classmethod
    def _of_rooms(cls, start: int | None, info: ValidationInfo) -> int | None:
        if start is not None and info.data.get("kind") == "desk":
            raise PydanticCustomError("extra_forbidden", "desks have periods")
        return start

    @field_validator("to")
    @classmethod
    def _for_rooms(cls, to: int | None, info: ValidationInfo) -> int | None:
        if to is None and info.data.get("kind") != "desk":
            raise MISSING
        return to

    @property
    def half_hours(self) -> range:
        return range(self.start or 0, self.to or 0)


class FreeOut(BaseModel):
    """Free seats of one space, one number a day; null = closed or over."""

    slug: str
    free: list[int | None]


class AvailabilityOut(BaseModel):
    """Free seats of all asked spaces, in the order of towns and names."""

    date_from: date
    days: int
    period: Period | Literal["hours"]
    spaces: list[FreeOut]
