"""The cast on one page: in the demo anybody may sign in as any of them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request

from app import access, clock, i18n
from app.demo.cast import BY_KEY, CAST
from app.errors import N_, InvalidInput
from app.people import operations as people

blueprint = Blueprint("demo", __name__)


@blueprint.get("/demo")
@access.demo
def show() -> Any:
    cast = [
        {
            "key": member.key,
            "name": member.name,
            "role": i18n.gettext(member.role),
            "sentence": i18n.gettext(member.sentence),
        }
        for member in CAST
    ]
    return render_template("demo/cast.html", cast=cast)


@blueprint.post("/demo/anmelden")
@access.demo
def sign_in() -> Any:
    member = BY_KEY.get(request.form.get("person", ""))
    if member is None:
        names = N_("Such dir eine der Personen auf der Seite aus.")
        raise InvalidInput({"person": names})
    visitor = people.begin_session(email=member.email, browser="Demo", now=clock.now())
    access.begin(visitor)
    return redirect(access.safe_next(request.form.get("next"), visitor.home), 303)
