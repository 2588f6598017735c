"""What the officers of a town or of the county decide: which spaces are public."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request

from app import access, clock
from app.errors import N_, NotFound
from app.fields import Reading
from app.hosting.forms import offer as forms
from app.hosting.routes import answers, blueprint
from app.hosting.routes.people import NEEDED
from app.spaces import operations
from app.spaces import queries as spaces

PAGE = "/kreis/orte"


@blueprint.get("/kreis/orte")
@access.person
def show_offers() -> str:
    return _list({}, {})


@blueprint.post("/kreis/gastgeber")
@access.person
def name_first_host() -> Any:
    """Say who looks after a space that nobody looks after."""

    def change() -> None:
        reading = Reading(request.form)
        email = reading.email("email", needed=NEEDED) or ""
        reading.close()
        slug, me = request.form.get("space", ""), answers.me()
        operations.name_first_host(slug=slug, person_id=me, email=email, now=clock.now())

    if not spaces.is_officer(answers.me()):
        raise NotFound
    done = N_("Die Person ist jetzt Gastgeber und bekommt eine Nachricht.")
    return answers.answer(change, _list, done, PAGE)


@blueprint.get("/kreis/orte/<slug>")
@access.person
def show_offer_to_officer(slug: str) -> str:
    return _page(slug, {})


@blueprint.post("/kreis/orte/<slug>")
@access.person
def answer_offer(slug: str) -> Any:
    """Approve, ask back or decline: whichever button was pressed."""

    def change() -> None:
        me, now = answers.me(), clock.now()
        if request.form.get("do") == "approve":
            operations.approve(slug=slug, person_id=me, now=now)
        elif request.form.get("do") == "decline":
            reason = forms.read_text(request.form, "reason")
            operations.decline(slug=slug, person_id=me, reason=reason, now=now)
        else:
            question = forms.read_text(request.form, "question")
            operations.ask_back(slug=slug, person_id=me, question=question, now=now)

    spaces.application_before(answers.me(), slug)
    done = N_("Deine Antwort ist gespeichert, und die Person bekommt eine Nachricht.")
    return answers.answer(change, lambda _, wrong: _page(slug, wrong), done, PAGE)


def _list(values: Mapping[str, Any], errors: dict[str, str]) -> str:
    if not spaces.is_officer(answers.me()):
        raise NotFound
    return render_template(
        "hosting/offers.html",
        offers=spaces.applications_before(answers.me()),
        orphans=spaces.without_host(answers.me()),
        values=values,
        errors=errors,
    )


def _page(slug: str, errors: dict[str, str]) -> str:
    found = spaces.application_before(answers.me(), slug)
    space = spaces.kept_space(found.space_id)
    return render_template(
        "hosting/officer.html",
        offer=found,
        space=space,
        operator=spaces.operator(space.operator_id),
        values=request.form,
        errors=errors,
    )
