"""When a space is open, and whether it can be booked at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request

from app import access, clock, i18n, problems
from app.bookings import operations as bookings
from app.bookings import queries as booked
from app.checkins import queries as checkins
from app.errors import N_, InvalidInput, NotFound
from app.hosting.forms import hours as forms
from app.hosting.routes import answers, blueprint
from app.spaces import operations
from app.spaces import queries as spaces
from app.spaces.queries import Opening, SpaceFacts

NAMES = ("opens", "splits", "closes")
# What a day begins with when somebody opens it for the first time.
USUAL = ("08:00", "13:00", "18:00")


@blueprint.get("/gastgeber/<slug>/oeffnung")
@access.person
def show_hours(slug: str) -> str:
    return _page(slug, _values(_facts(slug)), {})


@blueprint.post("/gastgeber/<slug>/oeffnung")
@access.person
def change_hours(slug: str) -> Any:
    """Change the week. When that leaves out times that are booked, it is said first and asked again."""
    facts, now = _facts(slug), clock.now()
    is_open = request.form.get("opens_on_holidays") == "ja"
    try:
        week = forms.read_week(request.form)
    except InvalidInput as refusal:
        return _page(slug, request.form, problems.field_sentences(refusal)), refusal.status
    left_out = booked.booked_outside(facts, week, opens_on_holidays=is_open, now=now)
    if left_out and request.form.get("anyway") != "ja":
        return _page(slug, request.form, {}, left_out), 409
    operations.change_hours(slug=slug, person_id=answers.me(), week=week, opens_on_holidays=is_open, now=now)
    flash(i18n.gettext("Die Öffnungszeiten sind gespeichert."), "success")
    return redirect(f"/gastgeber/{slug}/oeffnung", 303)


@blueprint.post("/gastgeber/<slug>/pause")
@access.person
def pause(slug: str) -> Any:
    def change() -> None:
        turn = operations.pause if request.form.get("pause") == "ja" else operations.resume
        turn(slug=slug, person_id=answers.me(), now=clock.now())

    facts = _facts(slug)
    done = N_("Gespeichert.")
    return answers.answer(change, lambda _, wrong: _page(slug, _values(facts), wrong), done, _own_page(slug))


@blueprint.get("/gastgeber/<slug>/aufhoeren")
@access.person
def ask_to_end(slug: str) -> str:
    return _end_page(slug, {}, {})


@blueprint.post("/gastgeber/<slug>/aufhoeren")
@access.person
def end(slug: str) -> Any:
    """Close a space for good. What is booked from that day on is called off, and it is said how much that is."""
    space = answers.hosted(slug)

    def change() -> None:
        first_on, reason = forms.read_end(request.form)
        closing = booked.Closing(space.id, first_on, first_on, reason)
        person = access.signed_in()
        bookings.close_for_good(closing=closing, present=checkins.present, actor=person.public_id, now=clock.now())

    done = N_("Der Ort schließt. Wer noch gebucht hatte, bekommt eine Nachricht.")
    return answers.answer(change, lambda *typed: _end_page(slug, *typed), done, _own_page(slug))


@blueprint.get("/gastgeber/<slug>/offen-bleiben")
@access.person
def ask_to_stay(slug: str) -> str:
    return _stay_page(slug, {}, {})


@blueprint.post("/gastgeber/<slug>/offen-bleiben")
@access.person
def stay_open(slug: str) -> Any:
    """Take back that a space closes for good. What was called off stays called off."""
    space = answers.hosted(slug)

    def change() -> None:
        bookings.stay_open(space_id=space.id, actor=access.signed_in().public_id, now=clock.now())

    done = N_("Der Ort bleibt offen. Was abgesagt war, bleibt abgesagt.")
    return answers.answer(change, lambda *typed: _stay_page(slug, *typed), done, _own_page(slug))


def _stay_page(slug: str, _: Mapping[str, Any], errors: dict[str, str]) -> str:
    space = answers.hosted(slug)
    closes_on = _facts(slug).closes_on
    if closes_on is None:
        raise NotFound
    return render_template("hosting/stay.html", space=space, errors=errors, closes_on=closes_on)


def _own_page(slug: str) -> str:
    return f"/gastgeber/{slug}/oeffnung"


def _facts(slug: str) -> SpaceFacts:
    return spaces.directory().by_id[answers.hosted(slug).id]


def _values(facts: SpaceFacts) -> dict[str, Any]:
    """Return what the form shows before anybody types."""
    values: dict[str, Any] = {"opens_on_holidays": "ja" if facts.opens_on_holidays else ""}
    for day in range(7):
        opening = facts.hours.get(day)
        values[f"open-{day}"] = "ja" if opening else ""
        values |= {f"{name}-{day}": text for name, text in zip(NAMES, _times(opening), strict=True)}
    return values


def _times(opening: Opening | None) -> tuple[str, ...]:
    if opening is None:
        return USUAL
    # A field for times knows no 24:00.
    minutes = (opening.opens, opening.splits, opening.closes)
    return tuple(f"{minute // 60 % 24:02}:{minute % 60:02}" for minute in minutes)


def _page(slug: str, values: Mapping[str, Any], errors: dict[str, str], left_out: booked.Days | None = None) -> str:
    facts = _facts(slug)
    today = clock.local_day(clock.now(), facts.timezone)
    coming = (closure for closure in facts.closures if closure[1] >= today)
    return render_template(
        "hosting/hours.html",
        space=answers.hosted(slug),
        values=values,
        errors=errors,
        left_out=left_out or [],
        closures=[{"first": first, "last": last, "reason": reason} for first, last, reason in coming],
        closes_on=facts.closes_on,
    )


def _end_page(slug: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    facts, now = _facts(slug), clock.now()
    return render_template(
        "hosting/end.html",
        space=answers.hosted(slug),
        values=values,
        errors=errors,
        booked=booked.booked_days(facts, now=now),
        closes_on=facts.closes_on,
    )
