"""What a space is, and who runs it."""

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
from app.spaces.models import Operator, Space


@blueprint.get("/gastgeber/<slug>/ort")
@access.person
def show_place(slug: str) -> str:
    return _place_page(slug, place_values(spaces.kept_space(answers.hosted(slug).id)), {})


@blueprint.post("/gastgeber/<slug>/ort")
@access.person
def change_place(slug: str) -> Any:
    def change() -> None:
        draft = forms.read_place(request.form)
        operations.change_place(slug=slug, person_id=answers.me(), draft=draft, now=clock.now())

    answers.hosted(slug)  # strangers learn nothing, not even what is wrong with their form
    done = N_("Gespeichert. So steht es ab jetzt auf der Seite des Ortes.")
    return answers.answer(change, lambda *typed: _place_page(slug, *typed), done, f"/gastgeber/{slug}/ort")


def place_values(space: Space) -> dict[str, Any]:
    """Return what the form about a place shows before anybody types."""
    names = ("name", "address", "plz", "offer", "arrival", "phone", "url", "stop", "bike_box", "equipment")
    position = "" if space.lat is None else f"{space.lat}, {space.lon}"
    return {**{name: getattr(space, name) for name in names}, "position": position}


def _place_page(slug: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    space = answers.hosted(slug)
    has_operator = spaces.acts_for_operator(answers.me(), space.operator_id)
    chosen = request.form.getlist("equipment") if request.method == "POST" else values["equipment"]
    return render_template(
        "hosting/place.html", space=space, values=values, errors=errors, chosen=chosen, has_operator=has_operator
    )


@blueprint.get("/gastgeber/<slug>/betreiber")
@access.person
def show_operator(slug: str) -> str:
    return _operator_page(slug, operator_values(_operator(slug)), {})


@blueprint.post("/gastgeber/<slug>/betreiber")
@access.person
def change_operator(slug: str) -> Any:
    def change() -> None:
        draft = forms.read_operator(request.form)
        operations.change_operator(slug=slug, person_id=answers.me(), draft=draft, now=clock.now())

    _operator(slug)
    done = N_("Gespeichert. Diese Angaben sehen nur Gastgeber des Betreibers und die Fachstelle.")
    return answers.answer(change, lambda *typed: _operator_page(slug, *typed), done, f"/gastgeber/{slug}/betreiber")


def _operator(slug: str) -> Operator:
    """Return the operator of a space. Refuses: `UnknownSpace`, also for those who act for the space only."""
    space = answers.hosted(slug)
    operator = spaces.operator(space.operator_id)
    if operator is None or not spaces.acts_for_operator(answers.me(), operator.id):
        raise spaces.UnknownSpace
    return operator


def operator_values(operator: Operator | None) -> dict[str, Any]:
    """Return what the form about an operator shows before anybody types."""
    if operator is None:
        return {}
    return {
        "legal_name": operator.legal_name or operator.name,
        "operator_address": operator.address,
        "operator_plz": operator.plz,
        "operator_town": operator.town,
        "operator_phone": operator.phone,
        "email": operator.email,
        "tax_id": operator.tax_id,
        "vat_id": operator.vat_id,
        "iban": operator.iban,
        "vat": next(word for word, kept in forms.VAT.items() if kept == (operator.desk_vat, operator.room_vat)),
    }


def _operator_page(slug: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    return render_template("hosting/operator.html", space=answers.hosted(slug), values=values, errors=errors)
