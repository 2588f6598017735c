"""Where the invoices of a programme's funder go."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import render_template, request

from app import access, answers, clock
from app.billing import forms, queries
from app.billing.routes import blueprint
from app.billing.routes.statements import programme_owing
from app.errors import N_
from app.funding import operations as funding


@blueprint.get("/kreis/programme/<slug>/rechnungsadresse")
@access.person
def show_invoice_address(slug: str) -> str:
    return _page(slug, queries.invoice_address(programme_owing(slug).which["programme_id"]), {})


@blueprint.post("/kreis/programme/<slug>/rechnungsadresse")
@access.person
def change_invoice_address(slug: str) -> Any:
    owing = programme_owing(slug)

    def change() -> None:
        address = forms.read_invoice_address(request.form)
        actor = access.signed_in().public_id
        funding.change_invoice_address(slug=slug, address=address, actor=actor, now=clock.now())

    done = N_("Gespeichert. So stehen die Angaben auf den nächsten Rechnungen.")
    return answers.answer(change, partial(_page, slug), done, f"{owing.home}/abrechnungen")


def _page(slug: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    return render_template("billing/address.html", owing=programme_owing(slug), values=values, errors=errors)
