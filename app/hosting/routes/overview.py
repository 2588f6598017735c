"""Where hosts begin: all spaces that somebody acts for."""

from __future__ import annotations

from flask import render_template

from app import access
from app.hosting.routes import answers, blueprint
from app.spaces import queries as spaces


@blueprint.get("/gastgeber")
@access.person
def show_spaces() -> str:
    return render_template("hosting/spaces.html", spaces=spaces.hosted(answers.me()))
