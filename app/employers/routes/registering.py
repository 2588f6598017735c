"""Where employers begin: the list of them, registering one, its facts, co-determination."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, render_template, request

from app import access, clock
from app.answers import answer, me, wrong
from app.employers import operations, queries
from app.employers.forms import facts as forms
from app.employers.queries import EmployerFacts
from app.employers.routes import blueprint
from app.employers.sheets import InformationSheet, Said
from app.errors import N_, DomainError

FACTS = ("name", "legal_name", "street", "plz", "town", "vat_id", "leitweg_id", "invoice_email")


def acting(slug: str) -> EmployerFacts:
    """Return an employer for which the person acts who asks. Refuses: `NotFound`."""
    return queries.acting(me(), slug, on=queries.today(clock.now()))


@blueprint.get("/arbeitgeber/neu")
@access.person
def ask_employer() -> str:
    return _new_page({}, {})


@blueprint.post("/arbeitgeber/neu")
@access.person
def register_employer() -> Any:
    try:
        draft = forms.read_employer(request.form)
        slug = operations.register_employer(person_id=me(), draft=draft, now=clock.now())
    except DomainError as refusal:
        return _new_page(request.form, wrong(refusal)), refusal.status
    done = N_("Angemeldet. Als Nächstes zeigst du uns, dass ihr es seid.")
    return answer(lambda: None, _new_page, done, f"/arbeitgeber/{slug}/domain")


def _new_page(values: Mapping[str, Any], errors: dict[str, str]) -> str:
    return render_template("employers/new.html", values=values, errors=errors)


@blueprint.get("/arbeitgeber/<slug>")
@access.person
def show_employer(slug: str) -> str:
    employer = acting(slug)
    now = clock.now()
    return render_template(
        "employers/employer.html",
        employer=employer,
        members=queries.count_members(employer.id, on=queries.today(now)),
        invited=queries.invited(employer.id, skip=0, limit=0, now=now),
    )


@blueprint.get("/arbeitgeber/<slug>/angaben")
@access.person
def show_facts(slug: str) -> str:
    employer = acting(slug)
    return _facts_page(slug, {name: getattr(employer, name) for name in FACTS}, {})


@blueprint.post("/arbeitgeber/<slug>/angaben")
@access.person
def change_employer(slug: str) -> Any:
    def change() -> None:
        draft = forms.read_employer(request.form)
        operations.change_employer(slug=slug, person_id=me(), draft=draft, now=clock.now())

    acting(slug)
    return answer(change, lambda *typed: _facts_page(slug, *typed), N_("Gespeichert."), f"/arbeitgeber/{slug}/angaben")


def _facts_page(slug: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    return render_template("employers/facts.html", employer=acting(slug), values=values, errors=errors)


@blueprint.get("/arbeitgeber/<slug>/mitbestimmung")
@access.person
def show_codetermination(slug: str) -> str:
    employer = acting(slug)
    return _codetermination_page(slug, {"on": employer.codetermined_on, "by": employer.codetermined_by}, {})


@blueprint.post("/arbeitgeber/<slug>/mitbestimmung")
@access.person
def settle_codetermination(slug: str) -> Any:
    def change() -> None:
        on, by = forms.read_codetermination(request.form)
        operations.settle_codetermination(slug=slug, person_id=me(), on=on, by=by, now=clock.now())

    acting(slug)
    done = N_("Gespeichert. Jetzt könnt ihr eure Leute einladen.")
    return answer(change, lambda *typed: _codetermination_page(slug, *typed), done, f"/arbeitgeber/{slug}")


def _codetermination_page(slug: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    today = queries.today(clock.now())
    return render_template(
        "employers/codetermination.html", employer=acting(slug), values=values, errors=errors, today=today
    )


@blueprint.get("/arbeitgeber/<slug>/informationsblatt.pdf")
@access.person
def get_information_sheet(slug: str) -> Response:
    """What is stored, why, who sees it and how long, to print for works and staff councils."""
    settings = current_app.config["NAHPLATZ"]
    rows = vars(current_app.jinja_env.get_template("parts/stored.html").module)
    said = Said(rows["STORED"], rows["SEEN"], rows["KEPT"])
    sheet = InformationSheet(acting(slug).name, settings.legal_body, settings.public_url, said, clock.now())
    response = Response(sheet.pdf(), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="informationsblatt-{slug}.pdf"'
    return response
