"""The answer to a batch: frozen like the batch itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from app.checkins import sentences
from app.checkins.records import Arrival, HostArrival, Place, Record
from app.checkins.schemas.batch import SCHEMA


class PlaceOut(BaseModel):
    """Where somebody checked in."""

    slug: str
    name: str


class Verdict(BaseModel):
    """What the server makes of an event; `text` says it in a sentence. Without a session only `stored`.

    Of an erased person's event it is `gone`: it was counted without a person and is kept nowhere.
    """

    id: str
    verdict: Literal["accepted", "flagged", "rejected", "stored", "gone"]
    reason: str | None
    text: str
    duplicate_of: UUID | None
    booking: UUID | None
    space: PlaceOut | None
    effective_at: AwareDatetime | None
    time_quality: Literal["exact", "corrected", "uncertain"] | None
    evidence: str | None


class Answer(BaseModel):
    """One verdict per event, in their order, and the numbers of this phone that never arrived."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    server_time: AwareDatetime
    device: UUID
    verdicts: list[Verdict]
    missing: list[int]
    resend_since: AwareDatetime | None


def answer(
    arrival: Arrival | HostArrival,
    verdicts: Sequence[dict[str, object]],
    missing: Sequence[int],
    resend_since: datetime | None,
) -> dict[str, object]:
    """Write the whole answer (shape: `Answer`)."""
    return {
        "schema": SCHEMA,
        "server_time": _moment(arrival.received_at),
        "device": str(arrival.device),
        "verdicts": verdicts,
        "missing": missing,
        "resend_since": _moment(resend_since),
    }


def verdict(
    name: str,
    record: Record | None,
    place: Place | None,
    *,
    is_host: bool = False,
    seats: tuple[int, int] | None = None,
) -> dict[str, object]:
    """Write the verdict on the event that the phone calls `name`; without a record its id was taken.

    `seats`: which was asked for a walk-in and which was given, when that is another.
    """
    record = record or _ID_REUSED
    if record.space_id is None:
        place = None
    sentence = sentences.host_sentence if is_host else sentences.sentence
    said = (place.name, place.timezone) if place else None
    text = sentence(record.kind, record.reason, said, record.effective_at)
    return {
        "id": name,
        "verdict": record.verdict,
        "reason": record.reason,
        "text": sentences.seated_elsewhere(*seats) if seats else text,
        "duplicate_of": _text(record.duplicate_of),
        "booking": _text(record.booking_uuid),
        "space": {"slug": place.slug, "name": place.name} if place else None,
        "effective_at": _moment(record.effective_at),
        "time_quality": record.time_quality,
        "evidence": record.evidence,
    }


def word(name: str, said: Literal["stored", "gone"]) -> dict[str, object]:
    """Write that the event `name` is stored, or gone with its person, and nothing about it."""
    nothing = ("reason", "duplicate_of", "booking", "space", "effective_at", "time_quality", "evidence")
    return {"id": name, "verdict": said, "text": "", **dict.fromkeys(nothing)}


_ID_REUSED = Record(event_id=UUID(int=0), person_id=None, body_digest="", verdict="rejected", reason="id_reused")


def _text(name: UUID | None) -> str | None:
    return str(name) if name else None


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None
