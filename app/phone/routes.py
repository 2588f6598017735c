"""What a phone keeps: the snapshot, and the shell that shows it without network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from flask import Blueprint, Flask, Response, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app import access, api, assets, clock, i18n
from app.checkins import operations as recording
from app.checkins import queries as checkins
from app.checkins.queries import witness
from app.phone import queries, schemas

blueprint = Blueprint("phone", __name__)


@blueprint.get("/api/v1/me/snapshot")
@access.person
@api.describe(answer=schemas.SnapshotOut, errors=(401, 503), etag=True)
def get_snapshot() -> Response:
    """All that the phone of who is signed in needs without network."""
    now = clock.now()
    person = access.signed_in()
    has_heard = _hear_of_unsent(person.person_id, person.public_id, now)
    settings = current_app.config["NAHPLATZ"]
    state = queries.state(person.person_id, now=now)
    signer = checkins.signer(settings.keys_dir, settings.public_url, now=now)
    # Named after the person too: a phone that changed hands must not be told that the old snapshot is still good.
    parts = (
        person.public_id,
        person.version,
        *state,
        signer.name,
        i18n.language(),
        assets.build(),
    )
    # A house that came out of a backup may have counted to the same numbers with other bookings.
    etag = "-".join(str(part) for part in (*parts, checkins.resend_since(now=now)))
    unchanged = api.not_modified(etag)
    if unchanged is not None and not has_heard:
        return unchanged
    snapshot = queries.snapshot(person.person_id, signer, now=now)
    response = api.respond(schemas.snapshot_out(person, snapshot, now))
    response.set_etag(etag)
    return response


def _hear_of_unsent(person_id: int, public_id: str, now: datetime) -> bool:
    """Keep which check-ins the phone says it has; what it says again costs one look. Returns whether some are new."""
    cookie = request.cookies.get(witness.NAME)
    told = witness.read(cookie, public_id, now.date()) if cookie else []
    is_new = bool(told) and bool(checkins.unheard(told))
    if is_new:
        recording.announce(person_id=person_id, told=told, now=now)
    return is_new


@blueprint.get("/meine")
@access.public
def get_mine() -> Response:
    """My bookings: the shell, the same for everybody."""
    return _kept_shell()


@blueprint.get("/c/<path:code>")
@access.public
def get_code(code: str) -> Response:
    """What a sign's address opens; the code is read where it is recorded, on the phone."""
    del code
    return _kept_shell()


@blueprint.get("/C/<path:code>")
@access.public
def get_code_in_capitals(code: str) -> Response:
    """The same as the sign spells it: capitals make the QR code smaller."""
    del code
    return _kept_shell()


@blueprint.get("/p/<path:written>")
@access.public
def get_pass(written: str) -> ResponseReturnValue:
    """What the address of a pass opens: for its person the booking, for everybody else a page that tells nothing."""
    return _pass(f"/p/{written}")


@blueprint.get("/P/<path:written>")
@access.public
def get_pass_in_capitals(written: str) -> ResponseReturnValue:
    """The same as the QR code spells it."""
    return _pass(f"/P/{written}")


def _pass(path: str) -> ResponseReturnValue:
    public_url = current_app.config["NAHPLATZ"].public_url
    named = checkins.named_booking(public_url + path, public_url)
    if named is None:
        return render_template("phone/pass.html", is_readable=False), 404
    visitor = access.current()
    own = queries.own_booking(visitor.person_id, named, now=clock.now()) if visitor else None
    if own is not None:
        return redirect(f"/meine?ausweis={own}", 303)
    return render_template("phone/pass.html", is_readable=True)


def _kept_shell() -> Response:
    """Send the very bytes that phones keep."""
    pages = current_app.extensions["assets"].pages
    return Response(pages[f"shell.{i18n.language()}.html"], content_type="text/html; charset=utf-8")


@blueprint.get("/profil/vergangen")
@access.person
def get_past() -> str:
    """Bookings that are over, a page at a time."""
    text = request.args.get("page", "1")
    number = int(text) if text.isdecimal() and 0 < len(text) < 5 else 1
    page = queries.past(access.signed_in().person_id, page=max(1, number), now=clock.now())
    older = f"/profil/vergangen?page={number + 1}" if page.has_older else None
    return render_template("people/past.html", bookings=page.visits, older=older)


@blueprint.post("/profil/vergangen/<uuid:booking_uuid>/da")
@access.person
def confirm_visit(booking_uuid: UUID) -> ResponseReturnValue:
    """Take a person's own word for a booking without a check-in."""
    recording.confirm_visit(booking=booking_uuid, person_id=access.signed_in().person_id, now=clock.now())
    flash(i18n.gettext("Danke, dein Besuch ist vermerkt."), "success")
    return redirect("/profil/vergangen", 303)


@blueprint.get("/profil/geraete")
@access.person
def get_devices() -> str:
    """The installations that check-ins come from, and what still waits on them."""
    return render_template("people/devices.html", devices=checkins.devices_of(access.signed_in().person_id))


@blueprint.post("/profil/geraete/<uuid:device>/sperren")
@access.person
def revoke_device(device: UUID) -> ResponseReturnValue:
    """End an installation that is lost or given away."""
    recording.revoke_device(device=device, person_id=access.signed_in().person_id, now=clock.now())
    flash(i18n.gettext("Das Gerät ist gesperrt."), "success")
    return redirect("/profil/geraete", 303)


def offline_pages(app: Flask) -> dict[str, Callable[[], str]]:
    """Return the shell as phones keep it, one per language."""
    return {f"shell.{language}.html": partial(_shell, app, language) for language in i18n.LANGUAGES}


def _shell(app: Flask, language: str) -> str:
    with app.test_request_context("/meine"), i18n.speaking(language):
        g.csrf_token = ""  # a real one would be somebody's, and make every start a new build
        return render_template("shell.html")
