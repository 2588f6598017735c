"""Invite people: one address, a link, the domain; and see who has not answered yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, render_template, request

from app import access, clock
from app.answers import answer, me, wrong
from app.employers import operations, queries
from app.employers.forms import facts as forms
from app.employers.routes import blueprint
from app.employers.routes.registering import acting
from app.errors import N_, DomainError

ON_A_PAGE = 100


@blueprint.get("/arbeitgeber/<slug>/einladen")
@access.person
def show_invitations(slug: str) -> str:
    return page(slug, {}, {})


@blueprint.post("/arbeitgeber/<slug>/einladen")
@access.person
def invite_person(slug: str) -> Any:
    def change() -> None:
        email, cost_centre = forms.read_person(request.form)
        operations.invite_person(slug=slug, person_id=me(), email=email, cost_centre=cost_centre, now=clock.now())

    acting(slug)
    return answer(change, lambda *typed: page(slug, *typed), N_("Die Einladung ist unterwegs."), own_page(slug))


@blueprint.post("/arbeitgeber/<slug>/einladen/link")
@access.person
def make_link(slug: str) -> Any:
    """Make a link and show it, this once."""
    employer = acting(slug)
    try:
        draft = forms.read_link(request.form)
        token = operations.make_link(slug=slug, person_id=me(), draft=draft, now=clock.now())
    except DomainError as refusal:
        return page(slug, request.form, wrong(refusal)), refusal.status
    href = f"{current_app.config['NAHPLATZ'].public_url}/arbeitgeber/einladung/{token}"
    shown = render_template("employers/new_link.html", employer=employer, href=href, draft=draft)
    return Response(shown, headers={"Cache-Control": "no-store"})


@blueprint.post("/arbeitgeber/<slug>/einladen/domain")
@access.person
def open_domain(slug: str) -> Any:
    def change() -> None:
        days = forms.read_days(request.form)
        operations.open_domain(slug=slug, person_id=me(), days=days, now=clock.now())

    acting(slug)
    done = N_("Ab jetzt kann beitreten, wer eine Adresse unter eurer Domain hat.")
    return answer(change, lambda *typed: page(slug, *typed), done, own_page(slug))


@blueprint.post("/arbeitgeber/<slug>/einladungen/<int:invitation>/zurueckziehen")
@access.person
def withdraw_invitation(slug: str, invitation: int) -> Any:
    def change() -> None:
        operations.withdraw_invitation(slug=slug, person_id=me(), number=invitation, now=clock.now())

    acting(slug)
    return answer(change, lambda *typed: page(slug, *typed), N_("Zurückgezogen."), own_page(slug))


def own_page(slug: str) -> str:
    return f"/arbeitgeber/{slug}/einladen"


def page(slug: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    employer, now = acting(slug), clock.now()
    skip = min(max(request.args.get("ab", 0, type=int), 0), 1_000_000)
    return render_template(
        "employers/inviting.html",
        employer=employer,
        invited=queries.invited(employer.id, skip=skip, limit=ON_A_PAGE, now=now),
        lists=queries.running_lists(employer.id, now=now),
        skip=skip,
        on_a_page=ON_A_PAGE,
        values=values,
        errors=errors,
    )
