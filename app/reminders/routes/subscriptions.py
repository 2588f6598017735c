"""The browsers that show somebody's messages: allowing it, ending it, and trying whether it works."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Response, current_app, flash, redirect
from pydantic import Field

from app import access, api, clock, i18n
from app.answers import me
from app.messages.steps import Target, check_target
from app.reminders import operations, queries
from app.reminders.routes import blueprint

SUBSCRIPTION = "/api/v1/push-subscription"
# Why a trial did not arrive is told in words of the page; these are all that it can meet.
Endpoint = Annotated[str, Field(min_length=1, max_length=2000, description="where the browser takes messages")]


class EndpointIn(api.Body):
    """Which browser is meant."""

    endpoint: Endpoint


class SubscriptionIn(EndpointIn):
    """A subscription as the browser gives it, and what its person calls the device."""

    p256dh: Annotated[str, Field(max_length=100, description="P-256 point, 65 bytes in base64url")]
    auth: Annotated[str, Field(max_length=40, description="16 bytes in base64url")]
    name: Annotated[str, Field(max_length=60, pattern=api.PRINTED)] = ""


class TrialOut(api.Body):
    """A trial push. `state`: waiting, sent, gone (the browser takes no more), refused, or deferred (tried again)."""

    trial: int
    state: queries.State


@blueprint.put(SUBSCRIPTION)
@access.person
@api.describe(json=SubscriptionIn, status=(204,), errors=(401, 403, 413, 415, 422, 503))
def put_subscription() -> Response:
    """Send messages to this browser from now on. It shows those of one person: whoever allowed it last."""
    body = api.read(SubscriptionIn)
    target = check_target(Target(body.endpoint, body.p256dh, body.auth), current_app.config["NAHPLATZ"])
    operations.subscribe(person_id=me(), target=target, browser=body.name, now=clock.now())
    return Response(status=204)


@blueprint.delete(SUBSCRIPTION)
@access.person
@api.describe(json=EndpointIn, status=(204,), errors=(401, 403, 413, 415, 422, 503))
def delete_subscription() -> Response:
    """Send no more to this browser. One that we do not know is as good as ended."""
    operations.unsubscribe(person_id=me(), endpoint=api.read(EndpointIn).endpoint)
    return Response(status=204)


@blueprint.post(f"{SUBSCRIPTION}/trials")
@access.person
@api.describe(json=EndpointIn, answer=TrialOut, errors=(401, 403, 409, 413, 415, 422, 429, 503))
def post_trial() -> Response:
    """Send a message to this browser, to see whether it arrives."""
    trial = operations.try_push(person_id=me(), endpoint=api.read(EndpointIn).endpoint, now=clock.now())
    return api.respond(TrialOut(trial=trial, state="waiting"))


@blueprint.get(f"{SUBSCRIPTION}/trials/<int:trial>")
@access.person
@api.describe(answer=TrialOut, errors=(401, 404, 503))
def get_trial(trial: int) -> Response:
    """What became of a trial."""
    return api.respond(TrialOut(trial=trial, state=queries.trial_state(person_id=me(), message_id=trial)))


@blueprint.post("/profil/nachrichten/geraete/<int:phone>/entfernen")
@access.person
def forget_phone(phone: int) -> Any:
    """End the messages to a device that is not at hand."""
    operations.forget_phone(person_id=me(), subscription_id=phone)
    flash(i18n.gettext("Das Gerät ist entfernt. Es zeigt keine Hinweise mehr."), "success")
    return redirect("/profil/nachrichten#geraete", 303)
