"""Where phones send what they recorded. The address is frozen: phones update late, and some of them never."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, current_app, request

from app import access, api, clock
from app.access import SignedIn, SignInNeeded
from app.checkins import intake, operations, queries, senders, signing
from app.checkins.operations import Outcome, Receipt
from app.checkins.records import Arrival, HostArrival
from app.checkins.schemas import reading
from app.checkins.schemas.answer import Answer, answer, verdict, word
from app.checkins.schemas.batch import Batch, Envelope, Headers
from app.checkins.schemas.device import DeviceIn, DeviceOut
from app.checkins.schemas.reading import Entry
from app.checkins.timing import Clocks
from app.errors import DomainError
from app.spaces import queries as spaces

blueprint = Blueprint("checkins", __name__)
BATCH_BYTES = 256 * 1024
# Whoever has no session cannot send what has no id, so nobody's name is as good as any.
NOTHING = Receipt((), ())
NOBODY = str(UUID(int=0))
REFUSALS = (400, 401, 403, 410, 413, 415, 422, 503)


@blueprint.post("/api/v1/checkins")
@access.public(max_body=BATCH_BYTES)
@api.describe(json=Batch, headers=Headers, answer=Answer, errors=REFUSALS)
def post_checkins() -> Response:
    """Record a batch of events; every event gets a verdict, and a known one the verdict it has.

    Without a session it is taken when the key of its device signed every event, and answered by `stored` alone.
    """
    now = clock.now()
    token = access.bearer()
    if token is not None:
        return _receive_from_host(token, now)
    person = access.current()
    envelope, entries = _read(person)
    try:
        sender = senders.sender(person, request.headers.get("Nahplatz-Person"), envelope.device, entries)
    except senders.Gone:
        sender = None
    arrival = Arrival(
        person_id=sender.person_id if sender else 0,
        device=envelope.device,
        sent=Clocks(envelope.sent_at, envelope.boot, envelope.boot_ms),
        pending=envelope.pending,
        is_unowned=request.headers.get("Nahplatz-Unowned") == "1",
        origin=current_app.config["NAHPLATZ"].public_url,
        received_at=now,
    )
    if sender is None:
        operations.count_gone(arrival=arrival, entries=entries)
        return api.respond(answer(arrival, [word(each.name, "gone") for each in entries], [], None))
    receipt = intake.receive(arrival, entries) if entries else NOTHING
    if not sender.is_told:
        return api.respond(answer(arrival, [word(each.name, "stored") for each in entries], [], None))
    verdicts = [_verdict(each) for each in receipt.outcomes]
    return api.respond(answer(arrival, verdicts, receipt.missing, queries.resend_since(now=now)))


def _receive_from_host(token: str, now: datetime) -> Response:
    """The same for a device that shows the token of a space. Whoever hosts it and is signed in there said so."""
    device, person = queries.host_device(token), access.current()
    envelope, entries = reading.read(request.get_data(cache=False), str(device.uuid))
    if envelope.device != device.uuid:
        raise senders.OtherPerson
    hosted = spaces.hosted(person.person_id) if person else []
    arrival = HostArrival(
        place=device.place,
        actor_id=person.person_id if person and device.place.space_id in {each.id for each in hosted} else None,
        device=device.uuid,
        sent=Clocks(envelope.sent_at, envelope.boot, envelope.boot_ms),
        pending=envelope.pending,
        origin=current_app.config["NAHPLATZ"].public_url,
        received_at=now,
    )
    receipt = intake.receive(arrival, entries) if entries else NOTHING
    verdicts = [_verdict(each, is_host=True) for each in receipt.outcomes]
    return api.respond(answer(arrival, verdicts, receipt.missing, queries.resend_since(now=now)))


def _read(person: SignedIn | None) -> tuple[Envelope, list[Entry]]:
    """Read the batch; whoever is not signed in does not even learn what is wrong with it."""
    try:
        return reading.read(request.get_data(cache=False), person.public_id if person else NOBODY)
    except DomainError as error:
        if person is None:
            raise SignInNeeded from error
        raise


def _verdict(outcome: Outcome, *, is_host: bool = False) -> dict[str, object]:
    if outcome.is_gone:
        return word(outcome.entry.name, "gone")
    return verdict(outcome.entry.name, outcome.record, outcome.place, is_host=is_host, seats=outcome.seats)


@blueprint.put("/api/v1/devices/<uuid:device>")
@access.person
@api.describe(json=DeviceIn, answer=DeviceOut, errors=(401, 403, 404, 409, 413, 415, 422, 503))
def put_device(device: UUID) -> Response:
    """Register the key of an installation of the app; once more with the same key changes only the name."""
    body = api.read(DeviceIn)
    introduction = operations.Introduction(device, signing.read_key(body.public_key), body.name)
    operations.register_device(introduction=introduction, person_id=access.signed_in().person_id, now=clock.now())
    return api.respond(DeviceOut(device=device, name=body.name))


@blueprint.delete("/api/v1/devices/<uuid:device>")
@access.person
@api.describe(status=(204,), errors=(401, 403, 404, 503))
def delete_device(device: UUID) -> Response:
    """Revoke an installation: what it captured before is still taken and marked, nothing after."""
    operations.revoke_device(device=device, person_id=access.signed_in().person_id, now=clock.now())
    return Response(status=204)
