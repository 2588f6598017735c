"""The fact sheet: what an employer asks before people may work in a house that is not its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request

from app import access, clock
from app.errors import N_
from app.hosting.forms import place as forms
from app.hosting.routes import answers, blueprint
from app.spaces import operations
from app.spaces import queries as spaces


@blueprint.get("/gastgeber/<slug>/sicherheit")
@access.person
def show_safety(slug: str) -> str:
    space = spaces.kept_space(answers.hosted(slug).id)
    return _page(slug, {**space.safety, "checked_on": space.safety_checked_on or ""}, {})


@blueprint.post("/gastgeber/<slug>/sicherheit")
@access.person
def change_safety(slug: str) -> Any:
    space = answers.hosted(slug)
    now = clock.now()

    def change() -> None:
        facts, checked_on = forms.read_safety(request.form, clock.local_day(now, space.timezone))
        operations.change_safety(slug=slug, person_id=answers.me(), facts=facts, checked_on=checked_on, now=now)

    done = N_("Gespeichert. Das Blatt steht für alle auf der Seite des Ortes.")
    return answers.answer(change, lambda *typed: _page(slug, *typed), done, f"/gastgeber/{slug}/sicherheit")


def _page(slug: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    space = answers.hosted(slug)
    return render_template("hosting/safety.html", space=space, names=spaces.SAFETY, values=values, errors=errors)
