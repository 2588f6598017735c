"""Who looks after a space."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request

from app import access, clock
from app.checkins import queries as checkins
from app.checkins.steps import revoke_devices_of
from app.errors import N_
from app.fields import Reading
from app.hosting.routes import answers, blueprint
from app.spaces import operations
from app.spaces import queries as spaces

NEEDED = N_("Schreib bitte die E-Mail-Adresse der Person.")


@blueprint.get("/gastgeber/<slug>/personen")
@access.person
def show_hosts(slug: str) -> str:
    return _page(slug, {}, {})


@blueprint.post("/gastgeber/<slug>/personen")
@access.person
def name_host(slug: str) -> Any:
    def change() -> None:
        email, is_for_all = _email("email"), request.form.get("scope") == "all"
        operations.name_host(slug=slug, person_id=answers.me(), email=email, is_for_all=is_for_all, now=clock.now())

    answers.hosted(slug)
    done = N_("Die Person ist jetzt auch Gastgeber und bekommt eine Nachricht.")
    return answers.answer(change, lambda *typed: _page(slug, *typed), done, _own_page(slug))


@blueprint.post("/gastgeber/<slug>/personen/<int:number>/entfernen")
@access.person
def remove_host(slug: str, number: int) -> Any:
    def change() -> None:
        stop, now = revoke_devices_of, clock.now()
        operations.remove_host(slug=slug, person_id=answers.me(), host_id=number, stop=stop, now=now)

    answers.hosted(slug)
    answered = answers.answer(change, lambda _, wrong: _page(slug, {}, wrong), N_("Gespeichert."), _own_page(slug))
    # Whoever took themselves away has no page here any more.
    is_mine = any(each.slug == slug for each in spaces.hosted(answers.me()))
    return answered if is_mine else redirect("/gastgeber", 303)


@blueprint.post("/gastgeber/<slug>/uebergeben")
@access.person
def hand_over(slug: str) -> Any:
    def change() -> None:
        email, stop, now = _email("successor"), revoke_devices_of, clock.now()
        operations.hand_over(slug=slug, person_id=answers.me(), email=email, stop=stop, now=now)

    answers.hosted(slug)
    done = N_("Übergeben. Du kümmerst dich jetzt nicht mehr um diesen Ort. Danke dir!")
    return answers.answer(change, lambda *typed: _page(slug, *typed), done, "/gastgeber")


def _email(name: str) -> str:
    reading = Reading(request.form)
    email = reading.email(name, needed=NEEDED)
    reading.close()
    return email or ""


def _own_page(slug: str) -> str:
    return f"/gastgeber/{slug}/personen"


def _page(slug: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    space = answers.hosted(slug)
    operator = spaces.operator(space.operator_id)
    return render_template(
        "hosting/people.html",
        space=space,
        operator=operator.name if operator else None,
        hosts=spaces.hosts_of(space),
        me=answers.me(),
        devices=[each for each in checkins.host_devices(space.id) if each.revoked_at is None],
        is_for_all=spaces.acts_for_operator(answers.me(), space.operator_id),
        values=values,
        errors=errors,
    )
