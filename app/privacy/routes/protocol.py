"""The audit, as those whom it concerns may read it."""

from __future__ import annotations

from dataclasses import replace

from flask import render_template, request

from app import access, clock, i18n
from app.privacy import queries
from app.privacy.routes import blueprint
from app.privacy.sentences import ACTIONS

ON_A_PAGE = 50
TIMEZONE = "Europe/Berlin"


@blueprint.get("/protokoll")
@access.person
def show_protocol() -> str:
    skip = min(max(request.args.get("ab", 0, type=int), 0), 100_000)
    today = clock.local_day(clock.now(), TIMEZONE)
    lines = queries.lines_for(access.signed_in().person_id, on=today, skip=skip, limit=ON_A_PAGE + 1)
    return render_template(
        "people/protocol.html",
        lines=[replace(line, at=line.at.astimezone(clock.zone(TIMEZONE))) for line in lines[:ON_A_PAGE]],
        year=today.year,
        actions={action: i18n.gettext(text) for action, text in ACTIONS.items()},
        older=skip + ON_A_PAGE if len(lines) > ON_A_PAGE else None,
    )
