"""When a seat that nobody came to is free for others, and which ones were today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request

from app import access, clock
from app.checkins import queries as checkins
from app.errors import N_
from app.fields import Reading
from app.hosting.routes import answers, blueprint
from app.spaces import operations
from app.spaces import queries as spaces

WRONG = N_("Gib die Minuten als ganze Zahl von 15 bis 480 an.")


@blueprint.get("/gastgeber/<slug>/freigabe")
@access.person
def show_release(slug: str) -> str:
    minutes = spaces.kept_space(answers.hosted(slug).id).release_after
    return _page(slug, {"is_on": "ja" if minutes else "", "minutes": minutes or 60}, {})


@blueprint.post("/gastgeber/<slug>/freigabe")
@access.person
def change_release(slug: str) -> Any:
    answers.hosted(slug)

    def change() -> None:
        reading = Reading(request.form)
        is_on = request.form.get("is_on") == "ja"
        minutes = reading.whole("minutes", 15, 480, WRONG, needed=True) if is_on else None
        reading.close()
        operations.change_release(slug=slug, person_id=answers.me(), minutes=minutes, now=clock.now())

    return answers.answer(change, lambda *typed: _page(slug, *typed), N_("Gespeichert."), f"/gastgeber/{slug}/freigabe")


def _page(slug: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    space = answers.hosted(slug)
    now, zone = clock.now(), clock.zone(space.timezone)
    released = checkins.released_on(space.id, clock.local_day(now, space.timezone))
    return render_template(
        "hosting/release.html",
        space=space,
        is_on=spaces.kept_space(space.id).release_after is not None,
        released=[moment.astimezone(zone) for moment in released],
        values=values,
        errors=errors,
    )
