"""How people get in where nobody is on site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, flash, make_response, redirect, render_template, request

from app import access, clock, i18n, problems
from app.errors import N_, DomainError
from app.hosting.forms import door as forms
from app.hosting.routes import answers, blueprint
from app.spaces import operations
from app.spaces import queries as spaces


@blueprint.get("/gastgeber/<slug>/tuer")
@access.person
def show_door(slug: str) -> Any:
    door = spaces.door_of(answers.hosted(slug).id)
    return _page(slug, {name: getattr(door, name) for name in forms.FIELDS}, {})


@blueprint.post("/gastgeber/<slug>/tuer")
@access.person
def change_door(slug: str) -> Any:
    answers.hosted(slug)
    try:
        draft = forms.read(request.form, is_loopback_allowed=current_app.config["NAHPLATZ"].door_loopback)
        made = operations.change_door(slug=slug, person_id=answers.me(), draft=draft, now=clock.now())
    except DomainError as refusal:
        return _page(slug, request.form, problems.field_sentences(refusal)), refusal.status
    return _done(slug, made)


@blueprint.post("/gastgeber/<slug>/tuer/schluessel")
@access.person
def replace_secret(slug: str) -> Any:
    space = answers.hosted(slug)
    try:
        made = operations.replace_door_secret(slug=slug, person_id=answers.me(), now=clock.now())
    except DomainError as refusal:
        door = spaces.door_of(space.id)
        values = {name: getattr(door, name) for name in forms.FIELDS}
        return _page(slug, values, {"form": problems.sentence(refusal)}), refusal.status
    return _done(slug, made)


def _done(slug: str, made: str | None) -> Any:
    """Go on; a new key is shown in this answer and never again."""
    if made is None:
        flash(i18n.gettext(N_("Gespeichert. Wer gebucht hat, sieht es 30 Minuten vorher.")), "success")
        return redirect(f"/gastgeber/{slug}/tuer", 303)
    door = spaces.door_of(answers.hosted(slug).id)
    return _page(slug, {name: getattr(door, name) for name in forms.FIELDS}, {}, made)


def _page(slug: str, values: Mapping[str, Any], errors: dict[str, str], secret: str | None = None) -> Any:
    space = answers.hosted(slug)
    page = render_template(
        "hosting/door.html",
        space=space,
        has_secret=spaces.door_of(space.id).opens,
        secret=secret,
        values=values,
        errors=errors,
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
