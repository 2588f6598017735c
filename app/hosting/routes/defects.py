"""Something is broken: a form for everybody who is signed in, a list for the hosts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, flash, redirect, render_template, request

from app import access, clock, i18n, problems
from app.errors import N_, DomainError, InvalidInput
from app.fields import plain
from app.hosting.routes import answers, blueprint
from app.spaces import operations, steps
from app.spaces import queries as spaces

LARGEST_FILE = 12 * 1024 * 1024
# So long hosts see what they have settled.
KEPT = timedelta(days=30)


@blueprint.get("/orte/<slug>/kaputt")
@access.person
def show_report(slug: str) -> Any:
    """Ask what is broken, or say right away that nobody would read it."""
    is_heard = spaces.has_host(spaces.directory().space(slug).id)
    return _form(
        slug, {}, {} if is_heard else {"form": problems.sentence(operations.NobodyListens())}, is_heard=is_heard
    )


@blueprint.post("/orte/<slug>/kaputt")
@access.person(max_body=LARGEST_FILE + access.BODY_LIMIT)
def report(slug: str) -> Any:
    """Tell the hosts that something is broken."""
    try:
        photo = _photo()
        text = plain(request.form.get("text", ""))
        operations.report_defect(slug=slug, person_id=answers.me(), text=text, photo=photo, now=clock.now())
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        wrong = problems.field_sentences(refusal) or {"form": problems.sentence(refusal)}
        return _form(slug, request.form, wrong), refusal.status
    flash(i18n.gettext("Danke! Die Gastgeber wissen jetzt Bescheid."), "success")
    return redirect(f"/orte/{slug}", 303)


def _photo() -> bytes | None:
    """Read the photo, if there is one, and make it anew. Refuses: `InvalidInput`."""
    file = request.files.get("photo")
    if file is None:
        return None
    with file.stream:  # a large one lies on the disk until it is closed
        content = file.read()
    if not content:
        return None
    try:
        return steps.picture_of(content).content
    except DomainError as refusal:
        raise InvalidInput({"photo": refusal.message}) from refusal


def _form(slug: str, values: Any, errors: dict[str, str], *, is_heard: bool = True) -> str:
    space = spaces.shown(spaces.directory().space(slug))
    return render_template("hosting/report.html", space=space, values=values, errors=errors, is_heard=is_heard)


@blueprint.get("/gastgeber/<slug>/maengel")
@access.person
def show_defects(slug: str) -> str:
    space = answers.hosted(slug)
    zone = clock.zone(space.timezone)
    found = spaces.defects(space.id, since=clock.now() - KEPT)
    said = [{"defect": each, "at": each.made_at.astimezone(zone)} for each in found]
    return render_template("hosting/defects.html", space=space, said=said)


@blueprint.post("/gastgeber/<slug>/maengel/<int:defect_id>/erledigt")
@access.person
def settle(slug: str, defect_id: int) -> Any:
    operations.settle_defect(slug=slug, person_id=answers.me(), defect_id=defect_id, now=clock.now())
    flash(i18n.gettext(N_("Erledigt.")), "success")
    return redirect(f"/gastgeber/{slug}/maengel", 303)


@blueprint.get("/gastgeber/<slug>/maengel/<int:defect_id>/foto")
@access.person
def show_photo(slug: str, defect_id: int) -> Response:
    photo = spaces.defect_photo(answers.hosted(slug).id, defect_id)
    return Response(photo, content_type="image/webp", headers={"Cache-Control": "no-store"})
