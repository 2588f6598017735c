"""The calendar that programs subscribe to, and the page on which its person makes and ends its address."""

from __future__ import annotations

import hashlib
import logging
from datetime import date
from typing import Any

from flask import Response, current_app, flash, redirect, render_template

from app import access, answers, api, assets, calendars, clock, i18n
from app.calendars import Subscribed
from app.checkins import queries as checkins
from app.errors import N_, Busy
from app.reminders import operations, queries
from app.reminders.queries import TIMEZONE, Owner
from app.reminders.routes import blueprint
from app.spaces import queries as spaces

log = logging.getLogger(__name__)
PAGE = "/profil/kalender"
MADE = N_("Dein Kalender-Link ist da. Trag ihn jetzt in deinem Kalender ein.")


@blueprint.get("/kalender/<token>.ics")
@access.public
def read_calendar(token: str) -> Response:
    """The bookings of whoever made this address, for programs that read it again and again."""
    now = clock.now()
    owner = queries.owner_of(token, _secret())
    today = clock.local_day(now, TIMEZONE)
    _note(owner, today)
    known = spaces.directory()
    # A house that came out of a backup may have counted to the same numbers with other bookings.
    state = (owner.version, *known.state, today, checkins.resend_since(now=now), owner.language, assets.build())
    etag = hashlib.sha256("|".join(map(str, (owner.digest, *state))).encode()).hexdigest()[:32]
    response = api.not_modified(etag)
    if response is None:
        found = queries.appointments(owner.person_id, known, now=now)
        with i18n.speaking(owner.language):
            events = [calendars.event(each, _public_url()) for each in found]
        body = calendars.write(events, subscribed=Subscribed("Nahplatz", TIMEZONE, today.year))
        response = Response(body, content_type="text/calendar; charset=utf-8")
        response.headers["Content-Disposition"] = 'inline; filename="nahplatz.ics"'
        response.set_etag(etag)
    response.headers["x-robots-tag"] = "noindex"
    return response


def _note(owner: Owner, today: date) -> None:
    if owner.read_on == today:
        return
    try:
        operations.note_reading(digest=owner.digest, today=today)
    except Busy:
        log.info("that a calendar was read is noted another time")


@blueprint.get(PAGE)
@access.person
def show_calendar() -> str:
    """Whether there is an address, what to do with it, a new one, none any more."""
    feed = queries.own_feed(answers.me(), _secret())
    address = f"{_public_url()}/kalender/{feed.token}.ics" if feed and feed.token else None
    return render_template(
        "reminders/calendar.html",
        url=address,
        webcal=f"webcal:{address.partition(':')[2]}" if address else None,
        made_on=clock.local_day(feed.made_at, TIMEZONE) if feed else None,
        read_on=feed.read_on if feed else None,
    )


@blueprint.post(PAGE)
@access.person
def make_calendar() -> Any:
    has_replaced = operations.make_feed(person_id=answers.me(), secret=_secret(), now=clock.now())
    done = N_("Dein neuer Kalender-Link ist da. Der alte gilt nicht mehr.") if has_replaced else MADE
    flash(i18n.gettext(done), "success")
    return redirect(PAGE, 303)


@blueprint.post(f"{PAGE}/beenden")
@access.person
def end_calendar() -> Any:
    operations.end_feed(person_id=answers.me(), now=clock.now())
    flash(i18n.gettext("Dein Kalender-Link ist abgeschaltet. Niemand kann ihn mehr abrufen."), "success")
    return redirect(PAGE, 303)


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def _public_url() -> str:
    return str(current_app.config["NAHPLATZ"].public_url)
