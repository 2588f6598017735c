"""Find a seat, and the directory of spaces."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, make_response, redirect, render_template, request

from app import access, clock
from app.places import queries as places
from app.site import forms
from app.site.routes import blueprint, finder, views
from app.spaces import queries as spaces

# The county's own clock says which day is today; each space has its own for its hours.
ZONE = "Europe/Berlin"
YEAR = 365 * 86400


@blueprint.get("/")
@access.public
def start() -> Any:
    now = clock.now()
    today = clock.local_day(now, ZONE)
    towns = places.towns()
    search = forms.read_search(request.args, towns, remembered=request.cookies.get("town"), today=today)
    if search.date is not None and search.date < today:
        # Yesterday's link, or a page that stayed open over night: the search goes on from today.
        kept = {name: value for name, value in request.args.items() if name != "date"}
        return redirect(f"/?{urlencode(kept)}" if kept else "/", 303)
    visitor = access.current()
    view = finder.Start(search, towns, visitor.person_id if visitor else None, now, today)
    return _with_town(render_template("site/start.html", **view.values()))


def _with_town(page: str) -> Response:
    """Remember the town on this device when the person picked it, and forget it when they picked none."""
    response = make_response(page)
    picked, kept = request.args.get("town"), request.cookies.get("town")
    if picked is None or picked == (kept or ""):
        return response
    secure = current_app.config["NAHPLATZ"].is_secure
    if picked:
        response.set_cookie("town", picked, max_age=YEAR, samesite="Lax", secure=secure, httponly=True)
    else:
        response.delete_cookie("town", samesite="Lax", secure=secure, httponly=True)
    return response


@blueprint.get("/orte")
@access.public
def list_spaces() -> Any:
    towns = places.towns()
    town = forms.read_town(request.args.get("town"), towns)
    today = clock.local_day(clock.now(), ZONE)
    return render_template("site/spaces.html", **views.directory(towns, town, today))


@blueprint.get("/orte/<slug>")
@access.public
def show_space(slug: str) -> Any:
    space = spaces.directory().space(slug)
    visitor = access.current()
    now = clock.now()
    day = forms.read_day(request.args, clock.local_day(now, space.timezone))
    return render_template("site/space.html", **views.space_page(space, day, visitor and visitor.person_id, now))


@blueprint.get("/orte/<slug>/sicherheit")
@access.public
def show_safety(slug: str) -> Any:
    space = spaces.directory().space(slug)
    return render_template(
        "site/safety.html",
        space={**spaces.shown(space), "operator": space.operator},
        names=spaces.SAFETY,
        facts=space.safety,
        checked_on=space.safety_checked_on,
        today=clock.local_day(clock.now(), space.timezone),
    )


@blueprint.get("/orte/<slug>/fotos/<digest>.webp")
@access.public
def show_photo(slug: str, digest: str) -> Response:
    """A photo never changes: another one has another address."""
    response = Response(spaces.photo_content(slug, digest), content_type="image/webp")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
