"""What a person sees of who pays for them."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from app import access, clock
from app.reporting import queries
from app.reporting.routes import TIMEZONE, blueprint


@blueprint.get("/profil/kontingente")
@access.person
def show_own() -> Any:
    """Own accounts, and day by day what became of each booking that somebody else pays for."""
    text = request.args.get("page", "1")
    number = int(text) if text.isdecimal() and 0 < len(text) < 5 else 1
    now, me = clock.now(), access.signed_in().person_id
    today = clock.local_day(now, TIMEZONE)
    page = queries.own_days(me, page=max(1, number), now=now)
    older = f"/profil/kontingente?page={number + 1}" if page.has_older else None
    accounts = queries.own_accounts(me, today=today)
    return render_template("reporting/own.html", accounts=accounts, days=page.days, older=older, today=today)
