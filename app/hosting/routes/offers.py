"""Offer a space: everybody who is signed in may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request

from app import access, clock
from app.errors import N_
from app.hosting.forms import offer as forms
from app.hosting.routes import answers, blueprint, place
from app.places import queries as places
from app.spaces import operations
from app.spaces import queries as spaces

PAGE = "/ort-anbieten"
SENT = N_("Dein Antrag ist unterwegs. Du bekommst eine Nachricht, sobald die Fachstelle geantwortet hat.")


@blueprint.get("/ort-anbieten")
@access.person
def show_offer() -> str:
    return _page({}, {})


@blueprint.post("/ort-anbieten")
@access.person
def offer_space() -> Any:
    def change() -> None:
        operations.offer_space(person_id=answers.me(), draft=_read(), now=clock.now())

    return answers.answer(change, _page, SENT, PAGE)


@blueprint.get("/ort-anbieten/<slug>")
@access.person
def show_own_offer(slug: str) -> str:
    found = spaces.own_application(answers.me(), slug)
    space = spaces.kept_space(found.space_id)
    operator = spaces.operator(space.operator_id)
    known = {"town": found.ags, "message": found.note, "operator": str(space.operator_id)}
    return _own_page(slug, {**place.place_values(space), **place.operator_values(operator), **known}, {})


@blueprint.post("/ort-anbieten/<slug>")
@access.person
def offer_again(slug: str) -> Any:
    def change() -> None:
        operations.offer_again(person_id=answers.me(), slug=slug, draft=_read(), now=clock.now())

    spaces.own_application(answers.me(), slug)
    return answers.answer(change, lambda *typed: _own_page(slug, *typed), SENT, PAGE)


def _read() -> operations.OfferDraft:
    operators = {str(operator.id) for operator in spaces.own_operators(answers.me())}
    return forms.read_offer(request.form, {town.ags for town in places.towns()}, operators)


def _page(values: Mapping[str, Any], errors: dict[str, str]) -> str:
    return render_template(
        "hosting/offer.html", offers=spaces.offered_by(answers.me()), **_form(values), values=values, errors=errors
    )


def _own_page(slug: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    found = spaces.own_application(answers.me(), slug)
    return render_template("hosting/own_offer.html", offer=found, **_form(values), values=values, errors=errors)


def _form(values: Mapping[str, Any]) -> dict[str, Any]:
    chosen = request.form.getlist("equipment") if request.method == "POST" else values.get("equipment", [])
    return {"towns": places.towns(), "operators": spaces.own_operators(answers.me()), "chosen": chosen}
