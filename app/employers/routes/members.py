"""The people of an employer: who they are, and nothing they do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request

from app import access, clock
from app.answers import answer, me
from app.employers import operations, queries
from app.employers.forms import facts as forms
from app.employers.routes import blueprint
from app.employers.routes.registering import acting
from app.errors import N_
from app.fields import plain

ON_A_PAGE = 100


@blueprint.get("/arbeitgeber/<slug>/leute")
@access.person
def show_members(slug: str) -> str:
    """Who works there. That somebody looked is written down for everybody on the page."""
    now = clock.now()
    employer = acting(slug)
    operations.view_members(slug=slug, person_id=me(), now=now)
    skip = min(max(request.args.get("ab", 0, type=int), 0), 1_000_000)
    wanted = plain(request.args.get("suche", ""))[:80]
    on = queries.today(now)
    return render_template(
        "employers/members.html",
        employer=employer,
        members=queries.members(employer.id, wanted=wanted, skip=skip, limit=ON_A_PAGE, on=on),
        wanted=wanted,
        skip=skip,
        on_a_page=ON_A_PAGE,
    )


@blueprint.get("/arbeitgeber/<slug>/leute/<int:member>")
@access.person
def show_member(slug: str, member: int) -> str:
    operations.view_members(slug=slug, person_id=me(), now=clock.now())
    return _page(slug, member, None, {})


@blueprint.post("/arbeitgeber/<slug>/leute/<int:member>")
@access.person
def change_cost_centre(slug: str, member: int) -> Any:
    def change() -> None:
        cost_centre = forms.read_cost_centre(request.form)
        operations.change_cost_centre(
            slug=slug, person_id=me(), member_id=member, cost_centre=cost_centre, now=clock.now()
        )

    acting(slug)
    own = f"/arbeitgeber/{slug}/leute/{member}"
    return answer(change, lambda *typed: _page(slug, member, *typed), N_("Gespeichert."), own)


@blueprint.post("/arbeitgeber/<slug>/leute/<int:member>/beenden")
@access.person
def end_employment(slug: str, member: int) -> Any:
    def change() -> None:
        operations.end_employment(slug=slug, person_id=me(), member_id=member, now=clock.now())

    acting(slug)
    done = N_("Beendet. Die Person bekommt eine Nachricht; ihr Konto bleibt.")
    return answer(change, lambda _, wrong: _page(slug, member, None, wrong), done, f"/arbeitgeber/{slug}/leute")


def _page(slug: str, number: int, values: Mapping[str, Any] | None, errors: dict[str, str]) -> str:
    employer = acting(slug)
    member = queries.member(employer.id, number, on=queries.today(clock.now()))
    shown = {"cost_centre": member.cost_centre} if values is None else values
    return render_template("employers/member.html", employer=employer, member=member, values=shown, errors=errors)
