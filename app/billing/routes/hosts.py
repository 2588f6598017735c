"""What an operator is owed, and its invoices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from flask import Response, redirect, render_template, request

from app import access, answers, clock
from app.billing import forms, operations, queries
from app.billing.routes import blueprint
from app.billing.routes.files import invoice_file
from app.errors import N_
from app.funding.queries import TIMEZONE
from app.spaces import queries as spaces
from app.spaces.queries import UnknownSpace

MONTHS_BACK = 3


@blueprint.get("/gastgeber/<slug>/abrechnung")
@access.person
def show_owed(slug: str) -> str:
    sales = queries.sales_of(_operator_id(slug))
    begins = {"from_month": _months()[0].isoformat()}
    return _page(slug, begins | {"prefix": sales.prefix, "days": sales.days or 14, "contact": sales.contact}, {})


@blueprint.post("/gastgeber/<slug>/abrechnung")
@access.person
def change_series(slug: str) -> Any:
    _operator_id(slug)

    def change() -> None:
        draft = forms.read_series(request.form, _months())
        operations.change_series(slug=slug, person_id=answers.me(), draft=draft, now=clock.now())

    done = N_("Gespeichert. Was noch offen ist, wird in den nächsten Minuten berechnet, sobald alle Angaben da sind.")
    return answers.answer(change, partial(_page, slug), done, f"/gastgeber/{slug}/abrechnung")


@blueprint.get("/gastgeber/<slug>/abrechnung/beenden")
@access.person
def confirm_end_series(slug: str) -> Any:
    """Ask before invoices are ended; when none are issued here, there is nothing to ask."""
    sales = queries.sales_of(_operator_id(slug))
    if not sales.is_on:
        return redirect(f"/gastgeber/{slug}/abrechnung", 303)
    return render_template("billing/end_series.html", space=spaces.hosted_space(answers.me(), slug), sales=sales)


@blueprint.post("/gastgeber/<slug>/abrechnung/beenden")
@access.person
def end_series(slug: str) -> Any:
    _operator_id(slug)

    def change() -> None:
        operations.end_series(slug=slug, person_id=answers.me(), now=clock.now())

    done = N_("Ab jetzt stellst du deine Rechnungen wieder selbst. Was schon verschickt ist, bleibt.")
    return answers.answer(change, partial(_page, slug), done, f"/gastgeber/{slug}/abrechnung")


@blueprint.get("/gastgeber/<slug>/rechnungen/<label>.pdf", defaults={"kind": "pdf"})
@blueprint.get("/gastgeber/<slug>/rechnungen/<label>.xml", defaults={"kind": "xml"})
@access.person
def get_own_invoice(slug: str, label: str, kind: str) -> Response:
    return invoice_file(label, kind, operator_id=_operator_id(slug))


def _months() -> list[date]:
    """This month and the three before: from one of them on invoices can be issued here."""
    found = [queries.first_of(clock.local_day(clock.now(), TIMEZONE))]
    while len(found) <= MONTHS_BACK:
        found.append(queries.first_of(found[-1] - timedelta(days=1)))
    return found


def _operator_id(slug: str) -> int:
    """Return the operator of a space. Refuses: `UnknownSpace`, also for those who act for the space only."""
    found = spaces.hosted_space(answers.me(), slug).operator_id
    if found is None or not spaces.acts_for_operator(answers.me(), found):
        raise UnknownSpace
    return found


def _page(slug: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    operator_id = _operator_id(slug)
    return render_template(
        "billing/owed.html",
        space=spaces.hosted_space(answers.me(), slug),
        sales=queries.sales_of(operator_id),
        owed=queries.owed_to(operator_id),
        months=_months(),
        invoices=queries.invoice_of_operator(operator_id),
        values=values,
        errors=errors,
    )
