"""How many half-days each person used: switched on and off, looked at, taken away as a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from flask import Response, render_template, request

from app import access, clock, i18n, spreadsheets
from app.answers import answer, me
from app.employers import operations
from app.employers import queries as employers
from app.employers.queries import FEWEST, EmployerFacts
from app.errors import N_, NotFound
from app.reporting import forms, queries
from app.reporting.queries import MonthCounts
from app.reporting.routes import blueprint

ON_A_PAGE = 100
HEAD = (N_("Monat"), N_("Name"), N_("E-Mail"), N_("Kostenstelle"), N_("Halbe Tage"))
FEW = N_("unter 5")
ON = N_("Eingeschaltet. Jede Person bekommt eine Nachricht.")
OFF = N_("Ausgeschaltet. Ab jetzt zeigt Nahplatz je Person keine Anzahl mehr.")


@blueprint.get("/arbeitgeber/<slug>/anzahlen")
@access.person
def show_counts(slug: str) -> str:
    """The counts of one month while they are on, and what follows from switching them on or off."""
    return _page(slug, {}, {})


@blueprint.post("/arbeitgeber/<slug>/anzahlen")
@access.person
def switch_counts_on(slug: str) -> Any:
    def change() -> None:
        forms.check_agreed(request.form)
        operations.switch_counts_on(slug=slug, person_id=me(), now=clock.now())

    _acting(slug)
    return answer(change, partial(_page, slug), ON, f"/arbeitgeber/{slug}/anzahlen")


@blueprint.post("/arbeitgeber/<slug>/anzahlen/aus")
@access.person
def switch_counts_off(slug: str) -> Any:
    def change() -> None:
        operations.switch_counts_off(slug=slug, person_id=me(), now=clock.now())

    _acting(slug)
    return answer(change, partial(_page, slug), OFF, f"/arbeitgeber/{slug}/anzahlen")


@blueprint.get("/arbeitgeber/<slug>/anzahlen.csv")
@access.person
def get_counts(slug: str) -> Response:
    """All months that the page shows, as a file. Refuses: `NotFound` while counts are off."""
    employer, today = _acting(slug), _today()
    if employer.counts_since is None:
        raise NotFound
    found = [
        queries.month_counts(employer, month, today=today) for month in queries.shown_months(employer, today=today)
    ]
    _write_down(slug, found)
    rows = [row for each in found for row in _rows(each)]
    body = spreadsheets.csv_file([i18n.gettext(word) for word in HEAD], rows)
    response = Response(body, content_type=spreadsheets.TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="anzahlen-{slug}-{today}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _rows(found: MonthCounts) -> list[list[spreadsheets.Cell]]:
    month = f"{found.first_on:%Y-%m}"
    if found.rows is None:
        return [[month, None, None, None, i18n.gettext(FEW)]]
    return [[month, each.name, each.email, each.cost_centre, each.units] for each in found.rows]


def _acting(slug: str) -> EmployerFacts:
    """Return the employer if the person who asks acts for it. Refuses: `NotFound`."""
    return employers.acting(me(), slug, on=_today())


def _today() -> date:
    return employers.today(clock.now())


def _write_down(slug: str, found: list[MonthCounts]) -> None:
    """Write down that somebody looks, before anything is shown; where nothing is shown, nobody was looked at."""
    months = [f"{each.first_on:%Y-%m}" for each in found if each.rows is not None]
    if months:
        operations.view_counts(slug=slug, person_id=me(), months=months, now=clock.now())


def _page(slug: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    employer, today = _acting(slug), _today()
    months = queries.shown_months(employer, today=today)
    month = forms.read_month(request.args, months)
    counts = None if month is None else queries.month_counts(employer, month, today=today)
    if counts is not None:
        _write_down(slug, [counts])
    since = today if employer.counts_since is None else employers.today(employer.counts_since)
    first, shown_on = queries.first_shown(since)
    return render_template(
        "reporting/counts.html",
        employer=employer,
        members=employers.count_members(employer.id, on=today),
        fewest=FEWEST,
        since=since,
        first=first,
        shown_on=shown_on,
        months=months,
        counts=counts,
        skip=forms.read_skip(request.args),
        on_a_page=ON_A_PAGE,
        values=values,
        errors=errors,
    )
