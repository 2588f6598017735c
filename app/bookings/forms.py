"""What the booking forms send, checked field by field."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID, uuid5

from pydantic import BaseModel, Field, ValidationError, field_validator
from werkzeug.datastructures import MultiDict

from app import api
from app.bookings.queries import DAYS_AHEAD
from app.bookings.schemas import Day, HalfHour, Period, after_start
from app.errors import N_, InvalidInput

# As far ahead as anybody can book.
MOST_WEEKS, MOST_DATES = DAYS_AHEAD // 7, DAYS_AHEAD + 1


class BookForm(BaseModel):
    """The booking form: one uuid, one or several days, a period, a seat's number or nothing, who pays."""

    uuid: UUID
    dates: list[Day] = Field(alias="date", min_length=1, max_length=14)
    period: Period
    seat: int | None = Field(default=None, ge=1, le=32767)
    payer: str | None = Field(default=None, max_length=80)

    @field_validator("seat", "payer", mode="before")
    @classmethod
    def _no_seat(cls, value: Any) -> Any:
        return value or None

    def uuid_for(self, day: date) -> UUID:
        """Derive each day's own uuid, so that a form sent twice books once."""
        return uuid5(self.uuid, day.isoformat())


def read(form: MultiDict[str, str]) -> BookForm:
    """Read the booking form. Refuses: `InvalidInput`, naming each field."""
    values: dict[str, Any] = {name: form.get(name) for name in ("uuid", "period", "seat", "payer") if name in form}
    values["date"] = sorted(set(form.getlist("date")))
    try:
        return BookForm.model_validate(values)
    except ValidationError as error:
        fields = {name.partition(".")[0]: text for name, text in api.fields_of(error).items()}
        raise InvalidInput(fields) from error


class RegularForm(BaseModel):
    """Regular days: on which weekdays (0 = Monday), from a day on for so many weeks, a period.

    `dates` are those of them that shall be booked; `payers` says who pays for each.
    """

    uuid: UUID
    weekdays: list[Annotated[int, Field(ge=0, le=6)]] = Field(alias="weekday", min_length=1, max_length=7)
    period: Period
    first_on: Day = Field(alias="from")
    weeks: int = Field(ge=1, le=MOST_WEEKS)
    dates: list[Day] = Field(default=[], alias="date", max_length=MOST_DATES)
    payers: dict[date, Annotated[str, Field(max_length=80)]] = {}

    @property
    def days(self) -> list[date]:
        """All days that are meant."""
        every = (self.first_on + timedelta(days=number) for number in range(7 * self.weeks))
        return [day for day in every if day.weekday() in self.weekdays]

    def uuid_for(self, day: date) -> UUID:
        """Derive each day's own uuid, so that a form sent twice books once."""
        return uuid5(self.uuid, f"{day.isoformat()}|{self.period}")


def read_regular(form: MultiDict[str, str]) -> RegularForm:
    """Read the form of regular days. Refuses: `InvalidInput`, naming each field."""
    values: dict[str, Any] = {name: form.get(name) for name in ("uuid", "period", "from", "weeks") if name in form}
    values["weekday"] = sorted(set(form.getlist("weekday")))
    values["date"] = sorted(set(form.getlist("date")))
    values["payers"] = {day: form[f"payer-{day}"] for day in values["date"] if f"payer-{day}" in form}
    try:
        return RegularForm.model_validate(values)
    except ValidationError as error:
        fields = {name.partition(".")[0]: text for name, text in api.fields_of(error).items()}
        if "weekday" in fields:
            fields["weekday"] = N_("Hake mindestens einen Wochentag an.")
        raise InvalidInput(fields) from error


class SeveralForm(BaseModel):
    """The bookings that shall be cancelled at once."""

    uuids: list[UUID] = Field(alias="booking", min_length=1, max_length=MOST_DATES)


def read_several(form: MultiDict[str, str]) -> SeveralForm:
    """Read which bookings were ticked. Refuses: `InvalidInput`, naming the field."""
    try:
        return SeveralForm.model_validate({"booking": form.getlist("booking")})
    except ValidationError as error:
        raise InvalidInput({"booking": N_("Hake mindestens eine Buchung an.")}) from error


class RoomForm(BaseModel):
    """The form of a room or booth: one uuid, one day, from one half-hour to another, who pays."""

    uuid: UUID
    date: Day
    start: HalfHour = Field(alias="from")
    to: HalfHour
    payer: str | None = Field(default=None, max_length=80)

    _ends = field_validator("to")(after_start)


def read_room(form: MultiDict[str, str], *, uuid_of: UUID | None = None) -> RoomForm:
    """Read the form of a room. Changing booking `uuid_of` gets a uuid that follows from it and the wish.

    Refuses: `InvalidInput`, naming each field.
    """
    values: dict[str, Any] = {name: form.get(name) for name in ("uuid", "date", "from", "to", "payer") if name in form}
    if uuid_of is not None:
        values["uuid"] = uuid5(uuid_of, f"{form.get('date')}|{form.get('from')}|{form.get('to')}")
    try:
        return RoomForm.model_validate(values)
    except ValidationError as error:
        raise InvalidInput(api.fields_of(error)) from error


def day_or(text: str | None, default: date) -> date:
    """Return the day that a link names, else `default`."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return default
    return day if default - timedelta(days=400) < day < default + timedelta(days=400) else default
