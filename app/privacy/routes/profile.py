"""The profile: what people change about themselves, take with them, and end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import Response, current_app, flash, json, redirect, render_template, request, session

from app import access, clock, i18n, problems
from app.employers import queries as employers
from app.errors import N_, DomainError, InvalidInput
from app.people import operations as people
from app.people import steps
from app.privacy import operations, queries
from app.privacy.routes import blueprint
from app.spaces import queries as spaces

LANGUAGES = [{"key": "de", "name": "Deutsch"}, {"key": "en", "name": "English"}]
# The one field of each form: a refusal is shown beside it.
FIELDS = {
    "name": "name",
    "sprache": "language",
    "adressen": "email",
    "adressen/code": "code",
    "adressen/loeschen": "id",
    "loeschen": "confirm",
}


@blueprint.get("")
@access.person
def show() -> Any:
    return _page()


@blueprint.get("/name")
@access.person
def ask_name() -> Any:
    """Ask a newcomer for the name and for nothing else; all others change theirs on the profile page."""
    return redirect("/profil", 303) if access.signed_in().name else _name_page()


@blueprint.post("/name")
@access.person
def rename() -> Any:
    def change() -> str:
        people.rename(person_id=_me(), name=request.form.get("name", ""))
        return N_("Dein Name ist gespeichert.")

    return _answer("name", change, lambda: access.safe_next(session.pop(access.AFTERWARDS, None), "/profil"))


@blueprint.post("/sprache")
@access.person
def choose_language() -> Any:
    def change() -> str:
        language = request.form.get("language", "")
        people.choose_language(person_id=_me(), language=language)
        i18n.speak(language)
        return N_("Die Sprache ist gespeichert.")

    return access.remember_language(_answer("sprache", change), i18n.language())


@blueprint.post("/adressen")
@access.person
def ask_for_address() -> Any:
    def change() -> str:
        email = request.form.get("email", "")
        people.ask_for_address(person_id=_me(), email=email, secret=_secret(), now=clock.now())
        return N_("Wir haben einen Code an die neue Adresse geschickt.")

    return _answer("adressen", change)


@blueprint.post("/adressen/code")
@access.person
def add_address() -> Any:
    def change() -> str:
        proof = steps.Proof(request.form.get("email", ""), request.form.get("code", ""), _secret())
        refusal = people.add_address(person_id=_me(), proof=proof, now=clock.now())
        if refusal is not None:
            raise refusal
        return N_("Mit der neuen Adresse kannst du dich ab jetzt auch anmelden.")

    return _answer("adressen/code", change)


@blueprint.post("/adressen/loeschen")
@access.person
def remove_address() -> Any:
    def change() -> str:
        address_id = request.form.get("id", 0, type=int)
        if operations.remove_address(person_id=_me(), address_id=address_id, now=clock.now()):
            return N_(
                "Die Adresse ist entfernt. Auch dein Kalender-Link gilt nicht mehr. Mach dir im Profil einen neuen."
            )
        return N_("Die Adresse ist entfernt.")

    return _answer("adressen/loeschen", change)


@blueprint.post("/ueberall-abmelden")
@access.person
def sign_out_everywhere() -> Any:
    has_ended_calendar = operations.sign_out_everywhere(person_id=_me(), now=clock.now())
    access.end()
    done = N_("Du bist auf allen Geräten abgemeldet.")
    if has_ended_calendar:
        done = N_("Du bist auf allen Geräten abgemeldet. Auch dein Kalender-Link gilt nicht mehr.")
    flash(i18n.gettext(done), "success")
    return redirect("/", 303)


@blueprint.get("/export")
@access.person
def export() -> Any:
    now = clock.now()
    body = {"schema": 1, "made_at": now.isoformat(), **queries.everything_about(_me())}
    response = Response(json.dumps(body, indent=1), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="nahplatz-{now.date()}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/loeschen")
@access.person
def erase() -> Any:
    def change() -> str:
        if request.form.get("confirm") != "ja":
            raise InvalidInput({"confirm": N_("Setz bitte den Haken, wenn du dein Konto wirklich löschen willst.")})
        operations.erase(person_id=_me(), now=clock.now())
        access.end()
        return N_("Dein Konto ist gelöscht. Danke, dass du dabei warst.")

    response = _answer("loeschen", change, lambda: "/")
    if response.status_code == 303:
        # The phone's copy goes too, unsent check-ins included: there is nobody left whom they could count for.
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _me() -> int:
    return access.signed_in().person_id


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def _answer(form: str, change: Callable[[], str], target: Callable[[], str] = lambda: "/profil") -> Response:
    """Carry out a change and go on to `target`; a refusal comes back beside its field, with what was typed."""
    try:
        done = change()
    except DomainError as error:
        if error.status == 404:
            raise
        sentence = next(iter(problems.field_sentences(error).values()), problems.sentence(error))
        return _page(error.status, form, {FIELDS[form]: sentence})
    flash(i18n.gettext(done), "success")
    return cast("Response", redirect(target(), 303))


def _name_page(status: int = 200, errors: dict[str, str] | None = None) -> Response:
    return Response(render_template("people/name.html", values=request.form.to_dict(), errors=errors or {}), status)


def _page(status: int = 200, form: str | None = None, errors: dict[str, str] | None = None) -> Response:
    if form == "name" and not access.signed_in().name:
        return _name_page(status, errors)
    found = queries.profile(_me(), now=clock.now())
    # A code that is spent no longer waits, but its form stays to say so.
    pending = request.form.get("email") if form == "adressen/code" else found.pending
    page = render_template(
        "people/profile.html",
        person={"name": found.name, "language": found.language},
        addresses=[
            {"id": address.id, "email": address.email, "is_only": len(found.addresses) == 1}
            for address in found.addresses
        ],
        pending={"email": pending} if pending else None,
        languages=LANGUAGES,
        open_bookings=found.open_bookings,
        sessions=found.sessions,
        jobs=[job for job in employers.jobs(_me(), on=employers.today(clock.now())) if job.counts_since],
        is_new=not found.name,
        is_host=bool(spaces.hosted(_me())),
        is_officer=spaces.is_officer(_me()),
        form=form,
        values=request.form.to_dict() if form else {},
        errors=errors or {},
    )
    return Response(page, status)
