"""Who acts for an employer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request

from app import access, clock
from app.answers import answer, me
from app.employers import operations, queries
from app.employers.forms import facts as forms
from app.employers.routes import blueprint
from app.employers.routes.registering import acting
from app.errors import N_


@blueprint.get("/arbeitgeber/<slug>/vertretung")
@access.person
def show_agents(slug: str) -> str:
    return _page(slug, {}, {})


@blueprint.post("/arbeitgeber/<slug>/vertretung")
@access.person
def name_agent(slug: str) -> Any:
    def change() -> None:
        email = forms.read_email(request.form)
        operations.name_agent(slug=slug, person_id=me(), email=email, now=clock.now())

    acting(slug)
    done = N_("Die Person handelt jetzt auch für euch und bekommt eine Nachricht.")
    return answer(change, lambda *typed: _page(slug, *typed), done, f"/arbeitgeber/{slug}/vertretung")


@blueprint.post("/arbeitgeber/<slug>/vertretung/<int:agent>/entfernen")
@access.person
def remove_agent(slug: str, agent: int) -> Any:
    def change() -> None:
        operations.remove_agent(slug=slug, person_id=me(), agent_id=agent, now=clock.now())

    acting(slug)
    page = f"/arbeitgeber/{slug}/vertretung"
    answered = answer(change, lambda _, wrong: _page(slug, {}, wrong), N_("Gespeichert."), page)
    # Whoever took themselves away has no page here any more.
    is_mine = any(each.slug == slug for each in queries.acted_for(me(), on=queries.today(clock.now())))
    return answered if is_mine else redirect("/arbeitgeber", 303)


@blueprint.post("/arbeitgeber/<slug>/uebergeben")
@access.person
def hand_over_employer(slug: str) -> Any:
    def change() -> None:
        email = forms.read_email(request.form, "successor")
        operations.hand_over(slug=slug, person_id=me(), email=email, now=clock.now())

    acting(slug)
    done = N_("Übergeben. Du handelst nicht mehr für diesen Arbeitgeber. Danke dir!")
    return answer(change, lambda *typed: _page(slug, *typed), done, "/arbeitgeber")


def _page(slug: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    employer = acting(slug)
    agents = queries.agents(employer.id, on=queries.today(clock.now()))
    return render_template(
        "employers/agents.html", employer=employer, agents=agents, me=me(), values=values, errors=errors
    )
