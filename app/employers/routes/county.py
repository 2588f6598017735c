"""What the county does about employers: invite one, and name somebody for one that nobody acts for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request

from app import access, clock
from app.answers import answer, me
from app.employers import operations, queries
from app.employers.forms import facts as forms
from app.employers.routes import blueprint
from app.errors import N_, NotFound
from app.places import queries as places

PAGE = "/kreis/arbeitgeber"


@blueprint.get("/kreis/arbeitgeber")
@access.person
def show_employers_to_officer() -> str:
    return _page({}, {})


@blueprint.post("/kreis/arbeitgeber")
@access.person
def invite_employer() -> Any:
    """Invite a new one, or name the first person for one that has none: whichever form was sent."""

    def change() -> None:
        officer, now = me(), clock.now()
        if request.form.get("slug"):
            email = forms.read_email(request.form, "agent")
            operations.name_first_agent(officer_id=officer, slug=request.form["slug"], email=email, now=now)
        else:
            name, email = forms.read_invited_employer(request.form)
            operations.invite_employer(officer_id=officer, name=name, email=email, now=now)

    _check()
    return answer(change, _page, N_("Eingeladen. Die Person bekommt eine Nachricht."), PAGE)


def _check() -> None:
    if not places.officers([me()]):
        raise NotFound


def _page(values: Mapping[str, Any], errors: dict[str, str]) -> str:
    _check()
    listed = queries.listed(on=queries.today(clock.now()))
    return render_template("employers/county.html", employers=listed, values=values, errors=errors)
