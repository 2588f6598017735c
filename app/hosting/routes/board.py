"""The host's day: the board that works without network, the week ahead, and the sheet of paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from flask import Flask, Response, current_app, g, render_template, request

from app import access, clock, i18n
from app.errors import NotFound
from app.hosting import queries
from app.hosting.routes import answers, blueprint
from app.hosting.sheets import DaySheet
from app.spaces import queries as spaces


@blueprint.get("/gastgeber/<slug>")
@access.public
def show_board(slug: str) -> Response:
    """Today, the same bytes for everybody and every space: what it shows the device has, or fetches by its token."""
    del slug
    pages = current_app.extensions["assets"].pages
    return Response(pages[f"board.{i18n.language()}.html"], content_type="text/html; charset=utf-8")


@blueprint.get("/gastgeber/<slug>/woche")
@access.person
def show_week(slug: str) -> str:
    """How full the next seven days are, and who comes."""
    answers.hosted(slug)
    space = spaces.directory().space(slug)
    now = clock.now()
    today = clock.local_day(now, space.timezone)
    days = [(day, _coming(space.id, day.date, now)) for day in queries.week(space, today, now=now)]
    return render_template("hosting/week.html", space=space, days=days, today=today)


def _coming(space_id: int, day: date, now: datetime) -> list[queries.Guest]:
    return [guest for guest in queries.guests(space_id, day, now=now) if guest.ended is None]


@blueprint.get("/gastgeber/<slug>/tagesblatt.pdf")
@access.person
def get_day_sheet(slug: str) -> Response:
    """Who is expected on a day (`?date=`, else today), to print."""
    answers.hosted(slug)
    space = spaces.directory().space(slug)
    now = clock.now()
    day = _asked_day(clock.local_day(now, space.timezone))
    sheet = DaySheet(space, day, queries.guests(space.id, day, now=now), now)
    response = Response(sheet.pdf(), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="tagesblatt-{space.slug}-{day}.pdf"'
    return response


def _asked_day(today: date) -> date:
    """Return the day that is asked for, within the week that hosts may see. Refuses: `NotFound`."""
    text = request.args.get("date")
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError as error:
        raise NotFound from error
    if not 0 <= (day - today).days < queries.DAYS:
        raise NotFound
    return day


def offline_pages(app: Flask) -> dict[str, Callable[[], str]]:
    """Return the board as devices keep it, one per language."""
    return {f"board.{language}.html": partial(_board, app, language) for language in i18n.LANGUAGES}


def _board(app: Flask, language: str) -> str:
    with app.test_request_context("/gastgeber/ort"), i18n.speaking(language):
        g.csrf_token = ""  # a real one would be somebody's, and make every start a new build
        return render_template("hosting/board.html")
