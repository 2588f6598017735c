"""When a programme ends: another last day, and first how many people it hits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request

from app import access, answers, clock
from app.bookings import queries
from app.bookings.routes import blueprint
from app.errors import N_, DomainError
from app.fields import Reading
from app.funding import operations as funding
from app.funding import queries as programmes
from app.funding import steps
from app.funding.queries import TIMEZONE, ProgrammeFacts

NEEDED = N_("Wähl den letzten Tag aus.")


@blueprint.get("/kreis/programme/<slug>/ende")
@access.person
def show_programme_end(slug: str) -> Any:
    """The form; once a day is typed in, how many people have booked beyond it."""
    found = programmes.programme_before(answers.me(), slug)
    if "ends_on" not in request.args:
        return _page(found, {}, {})
    try:
        ends_on, today = _read(request.args), clock.local_day(clock.now(), TIMEZONE)
        steps.check_end(ends_on, starts_on=found.starts_on, present=found.ends_on, today=today)
    except DomainError as refusal:
        return _page(found, request.args, answers.wrong(refusal)), refusal.status
    _, people = queries.beyond(slug, ends_on, now=clock.now())
    hit = {"ends_on": ends_on, "people": programmes.at_least(people), "is_shorter": ends_on < found.ends_on}
    return _page(found, request.args, {}, hit)


@blueprint.post("/kreis/programme/<slug>/ende")
@access.person
def move_programme_end(slug: str) -> Any:
    found = programmes.programme_before(answers.me(), slug)

    def change() -> None:
        actor, now = access.signed_in().public_id, clock.now()
        funding.move_end(programme_id=found.id, ends_on=_read(request.form), actor=actor, now=now)

    done = N_("Das Ende ist geändert. Wer für Tage danach gebucht hat, bekommt eine Nachricht.")
    return answers.answer(change, lambda *typed: _page(found, *typed), done, f"/kreis/programme/{slug}")


def _read(form: Any) -> Any:
    reading = Reading(form)
    ends_on = reading.day("ends_on", needed=NEEDED)
    reading.close()
    return ends_on


def _page(
    found: ProgrammeFacts, values: Mapping[str, Any], errors: dict[str, str], hit: dict[str, Any] | None = None
) -> str:
    typed = values.get("ends_on", found.ends_on.isoformat())
    return render_template("funding/end_programme.html", programme=found, typed=typed, errors=errors, hit=hit)
