"""An employer's quotas: how they stand, make one, change one, end one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from flask import render_template, request

from app import access, answers, clock, i18n
from app.employers import queries as employers
from app.employers.queries import EmployerFacts
from app.errors import N_, DomainError
from app.funding import operations, queries
from app.funding.forms import months
from app.funding.forms import quotas as forms
from app.funding.queries import QuotaFacts
from app.funding.routes import blueprint
from app.places import queries as places
from app.spaces import queries as spaces

GRANTED = N_("Das Kontingent gilt. Wer bei euch arbeitet, sieht es beim Buchen.")
ENDED = N_("Das Kontingent ist beendet. Was gebucht ist, bleibt bezahlt.")


@blueprint.get("/arbeitgeber/<slug>/kontingente")
@access.person
def show_quotas(slug: str) -> str:
    employer, now = _acting(slug), clock.now()
    group = partial(_members, employer.id)
    found = [(quota, queries.standing(quota, group, now=now)) for quota in queries.quotas_of(employer.id)]
    return render_template("funding/quotas.html", employer=employer, quotas=found, today=_today())


@blueprint.get("/arbeitgeber/<slug>/kontingente/neu")
@access.person
def show_new_quota(slug: str) -> str:
    return _new_page(_acting(slug), {}, {})


@blueprint.post("/arbeitgeber/<slug>/kontingente/neu")
@access.person
def grant_quota(slug: str) -> Any:
    employer = _acting(slug)

    def change() -> None:
        towns, known = [town.id for town in places.towns()], list(spaces.directory().by_id)
        draft = forms.read_quota(request.form, employer.id, towns, known, today=_today())
        operations.grant_quota(draft=draft, actor=access.signed_in().public_id, now=clock.now())

    return answers.answer(change, partial(_new_page, employer), GRANTED, f"/arbeitgeber/{slug}/kontingente")


@blueprint.get("/arbeitgeber/<slug>/kontingente/<int:quota_id>")
@access.person
def show_quota(slug: str, quota_id: int) -> Any:
    """How it stands; with another amount typed in, what that would do."""
    employer = _acting(slug)
    quota = queries.quota_of(employer.id, quota_id)
    if not {"units", "euros", "ends_on"} & set(request.args):
        return _page(employer, quota, {}, {})
    try:
        grant = forms.read_grant(request.args, quota.frame, quota.starts_on, quota.ends_on)
    except DomainError as refusal:
        return _page(employer, quota, request.args, answers.wrong(refusal)), refusal.status
    return _page(employer, quota, request.args, {}, grant)


@blueprint.post("/arbeitgeber/<slug>/kontingente/<int:quota_id>")
@access.person
def change_quota(slug: str, quota_id: int) -> Any:
    employer = _acting(slug)
    quota = queries.quota_of(employer.id, quota_id)

    def change() -> None:
        grant = forms.read_grant(request.form, quota.frame, quota.starts_on, quota.ends_on)
        actor, now = access.signed_in().public_id, clock.now()
        operations.change_quota(quota_id=quota_id, grant=grant, first_on=_today(), actor=actor, now=now)

    done = N_("Das Kontingent ist geändert.")
    target = f"/arbeitgeber/{slug}/kontingente/{quota_id}"
    return answers.answer(change, partial(_page, employer, quota), done, target)


@blueprint.get("/arbeitgeber/<slug>/kontingente/<int:quota_id>/beenden")
@access.person
def ask_to_end_quota(slug: str, quota_id: int) -> str:
    employer = _acting(slug)
    quota = queries.quota_of(employer.id, quota_id)
    stands = queries.standing(quota, partial(_members, employer.id), now=clock.now())
    return render_template("funding/end_quota.html", employer=employer, quota=quota, stands=stands)


@blueprint.post("/arbeitgeber/<slug>/kontingente/<int:quota_id>/beenden")
@access.person
def end_quota(slug: str, quota_id: int) -> Any:
    employer = _acting(slug)
    quota = queries.quota_of(employer.id, quota_id)

    def change() -> None:
        operations.end_quota(quota_id=quota_id, actor=access.signed_in().public_id, now=clock.now())

    return answers.answer(change, partial(_page, employer, quota), ENDED, f"/arbeitgeber/{slug}/kontingente")


def _acting(slug: str) -> EmployerFacts:
    """Return the employer if the person who asks acts for it. Refuses: `NotFound`."""
    return employers.acting(answers.me(), slug, on=_today())


def _today() -> date:
    return clock.local_day(clock.now(), queries.TIMEZONE)


def _members(employer_id: int, on: date) -> int:
    return employers.count_members(employer_id, on=on)


def _new_page(employer: EmployerFacts, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    return render_template(
        "funding/new_quota.html",
        employer=employer,
        values=values or {"where": forms.EVERYWHERE},
        errors=errors,
        first_days=months.first_days(_today()),
        last_days=months.last_days(_today()),
        chosen={name: request.form.getlist(name) for name in ("town", "space")},
        towns=places.towns(),
        spaces=sorted(spaces.directory().by_id.values(), key=lambda each: (each.town_name, each.name)),
    )


def _page(
    employer: EmployerFacts,
    quota: QuotaFacts,
    values: Mapping[str, Any],
    errors: dict[str, str],
    change: operations.Grant | None = None,
) -> str:
    now, group = clock.now(), partial(_members, employer.id)
    euros = "" if quota.cents is None else i18n.format_number(quota.cents / 100)
    present = {
        "units": "" if quota.units is None else quota.units,
        "euros": euros,
        "ends_on": quota.ends_on.isoformat() if quota.ends_on else "",
    }
    return render_template(
        "funding/quota.html",
        employer=employer,
        quota=quota,
        stands=queries.standing(quota, group, now=now),
        past=queries.past_standings(quota, group, now=now),
        values=values or present,
        errors=errors,
        change=change,
        last_days=months.last_days(_today()),
        today=_today(),
    )
