"""What somebody is told and how: the choices on the profile, and the way out at the end of a mail."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request

from app import access, i18n, problems
from app.answers import me
from app.errors import InvalidInput, NotFound
from app.messages.queries import TOPICS
from app.messages.steps import Leave, push_key, read_leave
from app.reminders import forms, operations, queries
from app.reminders.routes import blueprint

PAGE = "/profil/nachrichten"


@blueprint.get(PAGE)
@access.person
def show_choices() -> Response:
    return _choices_page()


@blueprint.post(PAGE)
@access.person
def choose() -> Any:
    try:
        wanted = forms.choices(request.form)
    except InvalidInput as refusal:
        return _choices_page(refusal)
    operations.choose(person_id=me(), ways=wanted.ways, quiet=wanted.quiet)
    flash(i18n.gettext("Gespeichert."), "success")
    return redirect(PAGE, 303)


@blueprint.get("/abbestellen/<sealed>")
@access.public
def ask_leave(sealed: str) -> str:
    """Ask before a mail program that opens every link has ended anything."""
    return render_template("reminders/leave.html", topic=_left(sealed).topic, is_done=False)


@blueprint.post("/abbestellen/<sealed>")
@access.sealed
def leave(sealed: str) -> str:
    """End the mails of a topic, also when a mail program asks for it without showing the page (RFC 8058)."""
    left = _left(sealed)
    operations.leave(person_id=left.person_id, topic=left.topic.name)
    return render_template("reminders/leave.html", topic=left.topic, is_done=True)


def _left(sealed: str) -> Leave:
    left = read_leave(current_app.config["NAHPLATZ"], sealed)
    if left is None:
        raise NotFound
    return left


def _choices_page(refusal: InvalidInput | None = None) -> Response:
    chosen = queries.chosen([me()])[me()]
    begins, ends = chosen.quiet if chosen.quiet[0] != chosen.quiet[1] else queries.QUIET
    kept: dict[str, object] = {**chosen.ways, "is_quiet": chosen.quiet[0] != chosen.quiet[1]}
    kept |= {"begins": forms.clock(begins), "ends": forms.clock(ends)}
    page = render_template(
        "reminders/choices.html",
        topics=list(TOPICS.values()),
        values=request.form if refusal else kept,
        errors=problems.field_sentences(refusal) if refusal else {},
        phones=queries.phones(me()),
        push_key=push_key(current_app.config["NAHPLATZ"]),
        timezone=queries.TIMEZONE,
    )
    return Response(page, refusal.status if refusal else 200)
