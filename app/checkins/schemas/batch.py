"""The batch that a phone sends. Its address and shape are frozen: phones live long and update late.

The envelope is strict. Each event is read alone, so that one that cannot be read never keeps the others from arriving.
"""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

BATCH = 50
SCHEMA = 1
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT", re.ASCII)


def _written(pattern: re.Pattern[str]) -> BeforeValidator:
    """Accept only the one way to write a thing; the library knows many more."""

    def check(value: object) -> object:
        if not isinstance(value, str) or pattern.match(value) is None:
            raise ValueError
        return value

    return BeforeValidator(check)


def _sane(moment: datetime) -> datetime:
    """A clock may be wrong by decades, but reckoning with it must not leave the calendar."""
    if not 1900 <= moment.year <= 2900:
        raise ValueError
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, Field(strict=False), _written(_MOMENT), AfterValidator(_sane)]
Name = Annotated[uuid.UUID, Field(strict=False), _written(UUID_TEXT)]
Boot = Annotated[str, Field(min_length=1, max_length=64)]
Milliseconds = Annotated[int, Field(ge=0, le=2**53)]


class ServerTime(BaseModel):
    """The server's clock as the phone last heard it, and where the phone's monotonic clock stood then."""

    model_config = ConfigDict(strict=True)

    at: Moment
    boot: Boot
    boot_ms: Milliseconds


class Event(BaseModel):
    """One scan, made by the phone before anything is sent and never changed. Fields of later versions are let be."""

    model_config = ConfigDict(strict=True)

    id: Name
    device: Name
    seq: Annotated[int, Field(ge=1, le=2**31 - 1)]
    kind: Literal["check_in", "check_out", "walk_in", "undo"]
    code: Annotated[str, Field(min_length=1, max_length=2000, description="what was scanned or typed; `word`: nothing")]
    booking: Name | None
    captured_at: Moment
    boot: Boot
    boot_ms: Milliseconds
    last_server_time: ServerTime | None
    app_version: Annotated[str, Field(max_length=40)]
    schema_: Annotated[Literal[1], Field(alias="schema")]
    label: Annotated[str | None, Field(max_length=40, description="walk_in: who sits there, instead of a name")] = None
    seat: Annotated[int | None, Field(description="walk_in: the seat's number")] = None
    undoes: Annotated[Name | None, Field(description="undo: the id of the event that is taken back")] = None
    signature: Annotated[
        str | None, Field(max_length=200, description="by the key of the device, over the text in docs; or null")
    ]


class Envelope(BaseModel):
    """What is said about a batch: which phone, and its clocks at the moment of sending."""

    model_config = ConfigDict(strict=True, extra="forbid")

    schema_: Annotated[Literal[1], Field(alias="schema")]
    device: Name
    sent_at: Moment
    boot: Boot
    boot_ms: Milliseconds
    pending: Annotated[int, Field(ge=0, le=2**31 - 1, description="how many more wait on this phone")]


class Batch(Envelope):
    """At most 50 events; one that is no event gets the verdict `rejected: malformed` and keeps nobody waiting."""

    events: Annotated[list[Event | Any], Field(min_length=1, max_length=BATCH)]


class Headers(BaseModel):
    """Whose events these are, as far as the phone knows."""

    person: Annotated[
        str | None,
        Field(
            alias="Nahplatz-Person",
            description="public id; 401 when somebody else is signed in. When nobody is, every event must be signed.",
        ),
    ] = None
    unowned: Annotated[
        Literal["1"] | None,
        Field(alias="Nahplatz-Unowned", description="1: scanned while nobody was signed in; flagged"),
    ] = None
