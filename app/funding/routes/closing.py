"""Correcting a programme's closed books by hand."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import render_template, request

from app import access, answers, clock
from app.errors import N_, DomainError
from app.funding import operations, queries
from app.funding.forms import programmes as forms
from app.funding.operations import Correction
from app.funding.queries import ProgrammeFacts
from app.funding.routes import blueprint
from app.funding.routes.programmes import HOME

DONE = N_("Die Korrektur steht neben den festgeschriebenen Summen.")


@blueprint.get("/kreis/programme/<slug>/korrektur")
@access.person
def show_correction(slug: str) -> Any:
    """The form; once it is filled in, what the sums would be."""
    found = queries.programme_before(answers.me(), slug)
    if "note" not in request.args:
        return _page(found, {}, {})
    try:
        correction, _ = forms.read_correction(request.args, queries.sums_now(found.id))
    except DomainError as refusal:
        return _page(found, request.args, answers.wrong(refusal)), refusal.status
    return _page(found, request.args, {}, correction)


@blueprint.post("/kreis/programme/<slug>/korrektur")
@access.person
def correct_programme(slug: str) -> Any:
    found = queries.programme_before(answers.me(), slug)

    def change() -> None:
        correction, token = forms.read_correction(request.form)
        actor, now = access.signed_in().public_id, clock.now()
        operations.correct_programme(programme_id=found.id, correction=correction, token=token, actor=actor, now=now)

    return answers.answer(change, partial(_page, found), DONE, f"{HOME}/{slug}")


def _page(
    found: ProgrammeFacts, values: Mapping[str, Any], errors: dict[str, str], correction: Correction | None = None
) -> str:
    return render_template(
        "funding/correction.html",
        programme=found,
        sums=queries.sums_now(found.id),
        values=values,
        errors=errors,
        correction=correction,
        token=values.get("token") or uuid.uuid4(),
    )
