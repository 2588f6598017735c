"""Where phones send what they recorded. The address is frozen: phones update late, and some of them never."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from app import access, api, clock
from app.checkins import intake
from app.checkins.operations import Outcome
from app.checkins.records import Arrival
from app.checkins.schemas import reading
from app.checkins.schemas.answer import Answer, answer, verdict
from app.checkins.schemas.batch import Batch, Headers
from app.checkins.timing import Clocks
from app.errors import N_, DomainError

blueprint = Blueprint("checkins", __name__)
BATCH_BYTES = 256 * 1024
REFUSALS = (400, 401, 403, 410, 413, 415, 422, 503)


class OtherPerson(DomainError):
    """The phone believes that somebody else is signed in: it keeps the events for that person."""

    code = "other_person"
    status = 401
    message = N_("Hier ist gerade jemand anderes angemeldet. Melde dich an, dann kommen deine Check-ins nach.")


@blueprint.post("/api/v1/checkins")
@access.person(max_body=BATCH_BYTES)
@api.describe(json=Batch, headers=Headers, answer=Answer, errors=REFUSALS)
def post_checkins() -> Response:
    """Record a batch of events; every event gets a verdict, and a known one the verdict it has."""
    now = clock.now()
    person = access.signed_in()
    if request.headers.get("Nahplatz-Person") != person.public_id:
        raise OtherPerson
    envelope, entries = reading.read(request.get_data(cache=False), person.public_id)
    arrival = Arrival(
        person_id=person.person_id,
        device=envelope.device,
        sent=Clocks(envelope.sent_at, envelope.boot, envelope.boot_ms),
        pending=envelope.pending,
        is_unowned=request.headers.get("Nahplatz-Unowned") == "1",
        origin=current_app.config["NAHPLATZ"].public_url,
        received_at=now,
    )
    receipt = intake.receive(arrival, entries)
    return api.respond(answer(arrival, [_verdict(each) for each in receipt.outcomes], receipt.missing))


def _verdict(outcome: Outcome) -> dict[str, object]:
    return verdict(outcome.entry.name, outcome.record, outcome.sign)
