"""The programmes of the county and of its towns: how they stand, begin one, change its terms, let people in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from flask import current_app, flash, redirect, render_template, request
from itsdangerous import BadSignature, URLSafeSerializer

from app import access, answers, clock, i18n
from app.errors import N_, DomainError, NotFound
from app.funding import operations, queries
from app.funding.forms import programmes as forms
from app.funding.queries import ProgrammeFacts
from app.funding.routes import blueprint
from app.places import queries as places
from app.places.queries import TownFacts
from app.spaces import queries as spaces

HOME = "/kreis/programme"
BEGUN = N_("Das Programm ist angelegt. Es beginnt und endet von selbst.")
CHANGED = N_("Die Grenzen sind geändert.")


@blueprint.get("/kreis/programme")
@access.person
def show_programmes() -> str:
    queries.towns_before(answers.me())  # nobody else
    return render_template(
        "funding/programmes.html", programmes=queries.programmes_before(answers.me()), today=_today()
    )


@blueprint.get("/kreis/programme/neu")
@access.person
def show_new_programme() -> str:
    return _new_page({}, {})


@blueprint.post("/kreis/programme/neu")
@access.person
def make_programme() -> Any:
    offices = queries.towns_before(answers.me())

    def change() -> None:
        draft = forms.read_programme(request.form, known(offices), today=_today())
        operations.make_programme(draft=draft, actor=access.signed_in().public_id, now=clock.now())

    return answers.answer(change, _new_page, BEGUN, HOME)


@blueprint.get("/kreis/programme/<slug>")
@access.person
def show_programme(slug: str) -> Any:
    """How it stands; with other limits typed in, what they would do."""
    found = queries.programme_before(answers.me(), slug)
    if not {"units", "budget_units", "euros"} & set(request.args):
        return _page(found, {}, {})
    try:
        terms = forms.read_terms(request.args)
    except DomainError as refusal:
        return _page(found, request.args, answers.wrong(refusal)), refusal.status
    return _page(found, request.args, {}, terms)


@blueprint.post("/kreis/programme/<slug>")
@access.person
def change_terms(slug: str) -> Any:
    found = queries.programme_before(answers.me(), slug)

    def change() -> None:
        terms, actor = forms.read_terms(request.form), access.signed_in().public_id
        operations.change_terms(programme_id=found.id, terms=terms, actor=actor, now=clock.now())

    return answers.answer(change, lambda *typed: _page(found, *typed), CHANGED, f"{HOME}/{slug}")


@blueprint.get("/mitmachen/<slug>/<signature>")
@access.person
def show_invitation(slug: str, signature: str) -> str:
    found = _invited(slug, signature)
    is_in = queries.takes_part(found.id, answers.me())
    return render_template(
        "funding/join.html", programme=found, signature=signature, is_in=is_in, state=found.state(_today())
    )


@blueprint.post("/mitmachen/<slug>/<signature>")
@access.person
def join_programme(slug: str, signature: str) -> Any:
    found = _invited(slug, signature)
    operations.join_programme(
        programme_id=found.id, person_id=answers.me(), invitation=found.invitation, now=clock.now()
    )
    flash(i18n.gettext("Du machst mit. Beim Buchen siehst du, wenn das Programm zahlt."), "success")
    return redirect(f"/mitmachen/{slug}/{signature}", 303)


def known(offices: Sequence[TownFacts] = (), taking_part: Collection[int] = ()) -> forms.Known:
    """Return what can be chosen; who takes part already can go on even after it ended."""
    return forms.Known(
        offices=[town.id for town in offices],
        employers={key for key, _ in queries.all_employers()} | set(taking_part),
        towns=[town.id for town in places.towns()],
        spaces=list(spaces.directory().by_id),
    )


def _today() -> date:
    return clock.local_day(clock.now(), queries.TIMEZONE)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="programme invitation")


def _invited(slug: str, signature: str) -> ProgrammeFacts:
    """Return the programme that a link invites to.

    Refuses: `NotFound`, also where nobody needs an invitation, and when the link was taken back.
    """
    try:
        signed = _signer().loads(signature)
    except BadSignature as error:
        raise NotFound from error
    found = queries.programme(slug)
    if signed != [slug, found.invitation] or found.is_for_all:
        raise NotFound
    return found


def _link(found: ProgrammeFacts) -> str:
    signature = _signer().dumps([found.slug, found.invitation])
    return f"{current_app.config['NAHPLATZ'].public_url}/mitmachen/{found.slug}/{signature}"


def _new_page(values: Mapping[str, Any], errors: dict[str, str]) -> str:
    named = ("town", "space", "employer")
    return render_template(
        "funding/new_programme.html",
        values=values or {"starts_on": _today().isoformat(), "where": "all", "share": 100},
        errors=errors,
        chosen={name: request.form.getlist(name) for name in named},
        offices=queries.towns_before(answers.me()),
        employers=queries.all_employers(),
        towns=places.towns(),
        spaces=sorted(spaces.directory().by_id.values(), key=lambda each: (each.town_name, each.name)),
    )


def _page(
    found: ProgrammeFacts, values: Mapping[str, Any], errors: dict[str, str], change: operations.Terms | None = None
) -> str:
    own, budget = queries.programme_quotas(found.id)
    people = queries.count_booked(found.id)
    now = clock.now()
    present = {
        "units": own.units,
        "budget_units": "" if budget.units is None else budget.units,
        "euros": "" if budget.cents is None else i18n.format_number(budget.cents / 100),
    }
    return render_template(
        "funding/programme.html",
        programme=found,
        state=found.state(_today()),
        own=own,
        budget=budget,
        stands=queries.standing(budget, lambda _: people, now=now),
        employers=queries.employers_in(found.id),
        invited=None if found.frozen_at else queries.count_invited(found.id),
        invitation=None if found.is_for_all else _link(found),
        corrections=queries.corrections(found),
        sums=queries.sums_now(found.id),
        own_corrections=queries.own_corrections(found.id),
        change=change,
        leaving=queries.at_least(queries.count_invited(found.id)),
        fewest=queries.FEWEST,
        values=values or present,
        errors=errors,
    )
