"""Close a space at short notice: first who is hit, then the deed; and open it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import Response, flash, redirect, render_template, request

from app import access, clock, i18n, problems
from app.bookings import operations as bookings
from app.bookings import queries as booked
from app.bookings.queries import Closing
from app.checkins import queries as checkins
from app.errors import N_, DomainError, InvalidInput
from app.fields import plain
from app.hosting.routes import answers, blueprint
from app.people import queries as people
from app.spaces import queries as spaces
from app.spaces import steps
from app.spaces.queries import HostedSpace


@blueprint.get("/gastgeber/<slug>/schliessen")
@access.person
def get_closing(slug: str) -> Any:
    """The form; once it is filled in, who has booked on these days."""
    space = answers.hosted(slug)
    if "first_on" not in request.args:
        return _page(space, {}, None)
    try:
        closing = _read(space, request.args)
        closing.check(timezone=space.timezone, now=clock.now())
        steps.check_open(space.id, closing.first_on, closing.last_on)
    except DomainError as refusal:
        return _page(space, request.args, None, refusal)
    return _page(space, request.args, closing)


@blueprint.post("/gastgeber/<slug>/schliessen")
@access.person
def close(slug: str) -> Any:
    """Close the days, and tell who booked."""
    space, actor = answers.hosted(slug), access.signed_in().public_id
    try:
        closing = _read(space, request.form)
        done = bookings.close_days(closing=closing, present=checkins.present, actor=actor, now=clock.now())
    except DomainError as refusal:
        return _page(space, request.form, None, refusal)
    told = i18n.gettext("Der Ort ist an diesen Tagen geschlossen.")
    if done.told:
        told += " " + i18n.ngettext(
            "%(num)s Person bekommt gleich eine Nachricht.",
            "%(num)s Personen bekommen gleich eine Nachricht.",
            done.told,
        )
    flash(told, "success")
    return redirect(f"/gastgeber/{slug}/schliessen", 303)


@blueprint.post("/gastgeber/<slug>/schliessen/<int:closure_id>/oeffnen")
@access.person
def reopen(slug: str, closure_id: int) -> Any:
    """Open the days of a closure again."""
    space, actor = answers.hosted(slug), access.signed_in().public_id
    try:
        bookings.reopen_days(space_id=space.id, closure_id=closure_id, actor=actor, now=clock.now())
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        return _page(space, {}, None, refusal)
    flash(i18n.gettext("Der Ort ist wieder offen. Was abgesagt war, bleibt abgesagt."), "success")
    return redirect(f"/gastgeber/{slug}/schliessen", 303)


def _read(space: HostedSpace, values: Mapping[str, str]) -> Closing:
    """Read the days and the reason. One day is closed when only the first one is given. Refuses: `InvalidInput`."""
    first, last = (_day(values.get(name, "")) for name in ("first_on", "last_on"))
    wrong = {}
    if first is None:
        wrong["first_on"] = N_("Wähl einen Tag aus.")
    if last is None and values.get("last_on"):
        wrong["last_on"] = N_("Wähl einen Tag aus.")
    if first is None or wrong:
        raise InvalidInput(wrong)
    return Closing(space.id, first, last or first, " ".join(plain(values.get("reason", "")).split()))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _page(
    space: HostedSpace, values: Mapping[str, str], closing: Closing | None, refusal: DomainError | None = None
) -> Any:
    now = clock.now()
    today = clock.local_day(now, space.timezone)
    fields = problems.field_sentences(refusal) if refusal else {}
    page = render_template(
        "hosting/close.html",
        space=space,
        today=today,
        values={name: values.get(name, "") for name in ("first_on", "last_on", "reason")},
        errors=fields,
        refusal={"message": problems.sentence(refusal), "alternatives": []} if refusal and not fields else None,
        closing=closing,
        closures=[each for each in spaces.closures(space.id) if each.last_on >= today],
        **(_hit(closing, space, now) if closing else {}),
    )
    return Response(page, refusal.status if refusal else 200)


def _hit(closing: Closing, space: HostedSpace, now: datetime) -> dict[str, Any]:
    """Return whose bookings would end, how many people are told, and who would stay because they are there."""
    found = booked.booked_at(closing.space_id, closing.first_on, closing.last_on, now=now)
    there = checkins.present([each.id for each in found])
    names = people.names({each.person_id for each in found if each.person_id})
    zone = clock.zone(space.timezone)
    said: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for each in found:
        seat = {"number": each.seat_number, "name": each.seat_name}
        said[each.id in there].append(
            {
                "name": names.get(each.person_id or 0),
                "date": each.date,
                "starts_at": each.starts_at.astimezone(zone),
                "ends_at": each.ends_at.astimezone(zone),
                "seat": seat,
            }
        )
    told = {each.person_id for each in found if each.id not in there}
    return {"ending": said[False], "staying": said[True], "told": len(told)}
