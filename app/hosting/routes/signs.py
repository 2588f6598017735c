"""Signs and displays of a space, and the screen at the door."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import Flask, Response, current_app, render_template, request
from pydantic import AwareDatetime, Field

from app import access, api, clock, i18n
from app.api import Body
from app.checkins import operations, queries
from app.errors import N_, InvalidInput, NotFound
from app.fields import Reading
from app.hosting.routes import answers, blueprint
from app.spaces import queries as spaces

REPORT_ERRORS = (400, 403, 404, 409, 413, 415, 422, 503)


@blueprint.get("/gastgeber/<slug>/schilder")
@access.person
def show_signs(slug: str) -> str:
    """The sign at the door, how often each was scanned, and the displays."""
    return _page(slug, {}, {})


def _page(slug: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    space = answers.hosted(slug)
    counts = queries.brought(space.id)
    return render_template(
        "hosting/signs.html",
        space=space,
        sign=queries.sign_of(space.id),
        printable=slug in spaces.directory().by_slug,
        signs=[{"fact": each, "count": counts.signs.get(each.id, 0)} for each in queries.signs_of(space.id)],
        displays=[{"fact": each, "count": counts.displays.get(each.id, 0)} for each in queries.displays_of(space.id)],
        values=values,
        errors=errors,
    )


@blueprint.post("/gastgeber/<slug>/schilder")
@access.person
def make_sign(slug: str) -> Any:
    """Make the first sign, or replace the one that hangs there."""
    space = answers.hosted(slug)

    def change() -> None:
        if request.form.get("confirm") != "ja":
            raise InvalidInput({"form": N_("Setz bitte das Häkchen, dass du das neue Schild aufhängst.")})
        operations.replace_sign(space_id=space.id, actor=access.signed_in().public_id, now=clock.now())

    done = N_("Das neue Schild ist da. Druck es aus und häng es auf.")
    return answers.answer(change, partial(_page, slug), done, f"/gastgeber/{slug}/schilder")


@blueprint.get("/gastgeber/<slug>/schild.pdf")
@access.person
def get_sign_pdf(slug: str) -> Response:
    """The sign that hangs at the door, to print."""
    space = spaces.directory().space(answers.hosted(slug).slug)
    sign = queries.sign_of(space.id)
    if sign is None:
        raise NotFound
    pdf = queries.sign_pdf(space, sign, current_app.config["NAHPLATZ"].public_url)
    headers = {"Content-Disposition": f'attachment; filename="schild-{slug}-{sign.epoch}.pdf"'}
    return Response(pdf, content_type="application/pdf", headers=headers)


@blueprint.post("/gastgeber/<slug>/anzeigen")
@access.person
def make_display(slug: str) -> Any:
    """Make a display and show the link that holds its key, this once."""
    space = answers.hosted(slug)
    reading = Reading(request.form)
    name = reading.line("name", 60, needed=N_("Sag kurz, wo die Anzeige steht."))
    if name is None or reading.wrong:
        return _page(slug, request.form, {field: i18n.gettext(text) for field, text in reading.wrong.items()}), 422
    made = operations.make_display(space_id=space.id, name=name, actor=access.signed_in().public_id, now=clock.now())
    key = base64.urlsafe_b64encode(made.key).decode().rstrip("=")
    page = render_template("hosting/new_display.html", space=space, name=name, href=f"/anzeige/{made.code}#{key}")
    return Response(page, headers={"Cache-Control": "no-store"})


@blueprint.post("/gastgeber/<slug>/anzeigen/stoppen")
@access.person
def stop_display(slug: str) -> Any:
    """Stop a display that is lost or no more needed."""
    space, typed = answers.hosted(slug), request.form.get("id", "")
    if not typed.isdecimal() or len(typed) > 9:
        raise NotFound

    def change() -> None:
        actor = access.signed_in().public_id
        operations.revoke_display(display_id=int(typed), space_id=space.id, actor=actor, now=clock.now())

    done = N_("Die Anzeige ist gestoppt. Ihr Code zählt nur noch wie ein Schild.")
    return answers.answer(change, partial(_page, slug), done, f"/gastgeber/{slug}/schilder")


@blueprint.get("/anzeige/<code>")
@access.public
def get_display(code: str) -> Response:
    """The screen at a door: the same for every display; what it shows it works out itself."""
    del code
    pages = current_app.extensions["assets"].pages
    return Response(pages[f"display.{i18n.language()}.html"], content_type="text/html; charset=utf-8")


class ReportIn(Body):
    """How a display's clock goes; only it knows the mark of that moment."""

    at: AwareDatetime
    mark: str = Field(min_length=8, max_length=8)


@blueprint.post("/api/v1/displays/<code>")
@access.public
@api.describe(json=ReportIn, status=(204,), errors=REPORT_ERRORS, security=[])
def hear_display(code: str) -> Response:
    """Hear from a display how its clock goes. One that was stopped is not found; 409: its clock was never set."""
    body = api.read(ReportIn)
    operations.hear_display(code=code, mark=body.mark, at=body.at, now=clock.now())
    return Response(status=204)


def offline_pages(app: Flask) -> dict[str, Callable[[], str]]:
    """Return the screen as devices keep it, one per language."""
    return {f"display.{language}.html": partial(_screen, app, language) for language in i18n.LANGUAGES}


def _screen(app: Flask, language: str) -> str:
    with app.test_request_context("/anzeige/x"), i18n.speaking(language):
        return render_template("hosting/display.html")
