"""Prove the mail domain of an employer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, render_template, request, session

from app import access, clock
from app.answers import answer, me
from app.employers import operations
from app.employers.forms import facts as forms
from app.employers.routes import blueprint
from app.employers.routes.registering import acting
from app.errors import N_
from app.people import steps as people

# Where the cookie keeps the address that a code is on its way to, and for which employer.
PENDING = "employer_email"


@blueprint.get("/arbeitgeber/<slug>/domain")
@access.person
def show_domain(slug: str) -> str:
    return _page(slug, {}, {})


@blueprint.post("/arbeitgeber/<slug>/domain")
@access.person
def ask_for_domain(slug: str) -> Any:
    def change() -> None:
        email, secret = forms.read_email(request.form), str(current_app.config["SECRET_KEY"])
        operations.ask_for_domain(slug=slug, person_id=me(), email=email, secret=secret, now=clock.now())
        session[PENDING] = [slug, email]

    acting(slug)
    done = N_("Wir haben einen Code an diese Adresse geschickt.")
    return answer(change, lambda *typed: _page(slug, *typed), done, f"/arbeitgeber/{slug}/domain")


@blueprint.post("/arbeitgeber/<slug>/domain/code")
@access.person
def prove_domain(slug: str) -> Any:
    def change() -> None:
        typed = people.read_code(request.form.get("code", ""))
        proof = people.Proof(_pending(slug), typed, str(current_app.config["SECRET_KEY"]))
        refusal = operations.prove_domain(slug=slug, person_id=me(), proof=proof, now=clock.now())
        if refusal is not None:
            raise refusal
        session.pop(PENDING, None)

    acting(slug)
    done = N_("Bestätigt: Diese Domain ist eure.")
    return answer(change, lambda *typed: _page(slug, *typed), done, f"/arbeitgeber/{slug}")


def _pending(slug: str) -> str:
    kept = session.get(PENDING)
    return str(kept[1]) if kept and kept[0] == slug else ""


def _page(slug: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    return render_template(
        "employers/domain.html",
        employer=acting(slug),
        pending=_pending(slug),
        minutes=people.CODE_MINUTES,
        values=values,
        errors=errors,
    )
