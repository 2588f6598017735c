"""Where hosts begin: all spaces that somebody acts for."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template

from app import access, clock, i18n
from app.checkins import queries as checkins
from app.employers import queries as employers
from app.errors import N_
from app.hosting.routes import answers, blueprint
from app.spaces import queries as spaces


@blueprint.get("/gastgeber")
@access.person
def show_spaces() -> Any:
    """Whoever only decides about offers, or acts for employers, begins there."""
    hosted = spaces.hosted(answers.me())
    if not hosted and spaces.is_officer(answers.me()):
        return redirect("/kreis/orte", 303)
    if not hosted and employers.acted_for(answers.me(), on=employers.today(clock.now())):
        return redirect("/arbeitgeber", 303)
    return render_template(
        "hosting/spaces.html", spaces=hosted, missing={each.id: _missing(each.id) for each in hosted}
    )


def _missing(space_id: int) -> list[tuple[str, str]]:
    """Return what a space still lacks before somebody can book it and check in, as (page, words)."""
    known = spaces.directory().by_id.get(space_id)
    if known is None:
        return []
    needed = (
        ("plaetze", N_("Plätze"), known.seats or known.rooms),
        ("oeffnung", N_("Öffnungszeiten"), known.hours),
        ("schilder", N_("ein Schild für die Tür"), checkins.sign_of(space_id)),
    )
    return [(page, i18n.gettext(words)) for page, words, is_there in needed if not is_there]
