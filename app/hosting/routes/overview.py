"""Where hosts begin: all spaces that somebody acts for."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template

from app import access
from app.hosting.routes import answers, blueprint
from app.spaces import queries as spaces


@blueprint.get("/gastgeber")
@access.person
def show_spaces() -> Any:
    """Whoever only decides about offers begins there."""
    hosted = spaces.hosted(answers.me())
    if not hosted and spaces.is_officer(answers.me()):
        return redirect("/kreis/orte", 303)
    return render_template("hosting/spaces.html", spaces=hosted)
