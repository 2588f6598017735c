"""Reading a batch: the envelope as a whole, each event by itself."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from app.api import SENTENCES, UNUSABLE, fields_of
from app.checkins import signing
from app.checkins.schemas.batch import BATCH, SCHEMA, UUID_TEXT, Envelope, Event
from app.errors import N_, DomainError, InvalidInput

KEPT_BYTES = 4096
DEEPEST = 20
# Strings, closed or not, so that brackets within them do not count; and brackets.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[][{}]', re.DOTALL)


class TooManyEvents(DomainError):
    """A batch has at most 50 events; phones answer 413 by sending halves."""

    code = "too_many_events"
    status = 413
    message = N_("Das sind zu viele Check-ins auf einmal. Schick höchstens 50.")


class OtherSchema(DomainError):
    """A batch of a version that this server does not speak; phones keep what they have."""

    code = "other_schema"
    status = 410
    message = N_("Diese App passt nicht zu unserem Server. Deine Check-ins bleiben gespeichert – lade die App neu.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it arrived: `name` is its id as the phone wrote it, `body` its text, `event` None if unreadable.

    `signed` is the text that its signature is about; None when it has no signature.
    """

    name: str
    event_id: uuid.UUID
    body: str
    digest: str
    device: uuid.UUID | None
    seq: int | None
    event: Event | None = None
    signed: str | None = None


def read(raw: bytes, owner: str) -> tuple[Envelope, list[Entry]]:
    """Read what `owner` (a public id) sent. Refuses: `InvalidInput`, `TooManyEvents`, `OtherSchema`."""
    try:
        body = _loads(raw.decode())
    except ValueError as error:
        raise InvalidInput({"body": SENTENCES["json_invalid"]}) from error
    if not isinstance(body, dict):
        raise InvalidInput({"body": UNUSABLE})
    events = body.pop("events", None)
    envelope = _envelope(body)
    if not isinstance(events, list) or not events:
        raise InvalidInput({"events": SENTENCES["missing"]})
    if len(events) > BATCH:
        raise TooManyEvents
    return envelope, [_entry(event, owner) for event in events]


def _loads(text: str) -> Any:
    """Read JSON. What is nested so deep that it cannot be read counts as null, or it would block all other events."""
    try:
        return json.loads(text, parse_int=_integer)
    except RecursionError:
        return json.loads(_shallow(text), parse_int=_integer)


def _shallow(text: str) -> str:
    """Replace what lies deeper than any event of ours by null. Refuses: `ValueError` when brackets stay open."""
    kept, depth, begin = [], 0, 0
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth == DEEPEST + 1:
                kept.append(text[begin : token.start()])
        elif token[0] in "]}":
            if depth == DEEPEST + 1:
                kept.append("null")
                begin = token.end()
            depth -= 1
    if depth > DEEPEST:
        raise ValueError
    return "".join([*kept, text[begin:]])


def _integer(digits: str) -> int | float:
    """Numbers of thousands of digits are refused by Python itself, and would take the whole batch with them."""
    return int(digits) if len(digits) < 20 else float(digits)


def _envelope(body: dict[str, Any]) -> Envelope:
    schema = body.get("schema")
    if isinstance(schema, int) and schema != SCHEMA:
        raise OtherSchema
    try:
        return Envelope.model_validate_json(json.dumps(body))
    except ValidationError as error:
        raise InvalidInput(fields_of(error)) from error


def _entry(value: Any, owner: str) -> Entry:
    body = json.dumps(value, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(body.encode()).hexdigest()
    try:
        event = Event.model_validate_json(body)
    except ValidationError:
        return _unreadable(value, body, digest, owner)
    signed = None if event.signature is None else signing.signed_text(value)
    return Entry(value["id"], event.id, body[:KEPT_BYTES], digest, event.device, event.seq, event, signed)


def _unreadable(value: Any, body: str, digest: str, owner: str) -> Entry:
    """Keep what can be told of an event that is none, so that its phone recognises the answer."""
    parts = value if isinstance(value, dict) else {}
    name, device, seq = parts.get("id"), parts.get("device"), parts.get("seq")
    is_named = isinstance(name, str) and UUID_TEXT.fullmatch(name)
    # Without a usable id it gets one made of its bytes: sent again it is found again.
    event_id = uuid.UUID(name) if is_named else uuid.uuid5(uuid.UUID(owner), digest)
    return Entry(
        name if isinstance(name, str) and len(name) <= 100 else str(event_id),
        event_id,
        body[:KEPT_BYTES],
        digest,
        uuid.UUID(device) if isinstance(device, str) and UUID_TEXT.fullmatch(device) else None,
        seq if type(seq) is int and 1 <= seq < 2**31 else None,
    )
