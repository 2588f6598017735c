"""Other rules for a quota or a programme: looked at first, then done; and the link by which people join taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from flask import render_template, request

from app import access, answers, clock
from app.employers import queries as employers
from app.employers.queries import EmployerFacts
from app.errors import N_, DomainError
from app.funding import operations, queries
from app.funding.forms import programmes as programme_forms
from app.funding.forms import quotas as forms
from app.funding.queries import ProgrammeFacts, ProgrammeRules, QuotaFacts, Rules
from app.funding.routes import blueprint
from app.funding.routes.programmes import HOME, known
from app.places import queries as places
from app.spaces import queries as spaces

CHANGED = N_("Die Regeln sind geändert. Sie gelten für alles, was ab jetzt gebucht wird.")
TAKEN_BACK = N_("Der alte Link führt nirgends mehr hin. Hier steht ein neuer.")
TICKS = ("has_rooms", "carries", "pays_no_show", "pays_late")


@blueprint.get("/arbeitgeber/<slug>/kontingente/<int:quota_id>/regeln")
@access.person
def show_quota_rules(slug: str, quota_id: int) -> Any:
    """The form; once it is filled in, what would be different and for whom."""
    employer, quota = _quota(slug, quota_id)
    if "name" not in request.args:
        return _quota_page(employer, quota, _typed(queries.rules_of(quota_id)), {})
    try:
        rules = forms.read_rules(request.args, quota.frame, *_places())
    except DomainError as refusal:
        return _quota_page(employer, quota, request.args, answers.wrong(refusal)), refusal.status
    return _quota_page(employer, quota, request.args, {}, _with(quota, rules))


@blueprint.post("/arbeitgeber/<slug>/kontingente/<int:quota_id>/regeln")
@access.person
def change_quota_rules(slug: str, quota_id: int) -> Any:
    employer, quota = _quota(slug, quota_id)

    def change() -> None:
        rules, version = forms.read_rules(request.form, quota.frame, *_places()), forms.read_version(request.form)
        actor, now = access.signed_in().public_id, clock.now()
        operations.change_quota_rules(quota_id=quota_id, rules=rules, version=version, actor=actor, now=now)

    target = f"/arbeitgeber/{slug}/kontingente/{quota_id}"
    return answers.answer(change, partial(_quota_page, employer, quota), CHANGED, target)


@blueprint.get("/kreis/programme/<slug>/regeln")
@access.person
def show_programme_rules(slug: str) -> Any:
    """The form; once it is filled in, what would be different and for whom."""
    found = queries.programme_before(answers.me(), slug)
    present = queries.programme_rules(found.id)
    if "name" not in request.args:
        return _programme_page(found, _typed(present), {})
    try:
        rules = programme_forms.read_rules(request.args, known(taking_part=present.employers))
    except DomainError as refusal:
        return _programme_page(found, request.args, answers.wrong(refusal)), refusal.status
    return _programme_page(found, request.args, {}, rules)


@blueprint.post("/kreis/programme/<slug>/regeln")
@access.person
def change_programme_rules(slug: str) -> Any:
    found = queries.programme_before(answers.me(), slug)
    taking_part = queries.programme_rules(found.id).employers

    def change() -> None:
        rules = programme_forms.read_rules(request.form, known(taking_part=taking_part))
        version, actor, now = forms.read_version(request.form), access.signed_in().public_id, clock.now()
        operations.change_programme_rules(programme_id=found.id, rules=rules, version=version, actor=actor, now=now)

    return answers.answer(change, partial(_programme_page, found), CHANGED, f"{HOME}/{slug}")


@blueprint.post("/kreis/programme/<slug>/link")
@access.person
def take_back_invitation(slug: str) -> Any:
    found = queries.programme_before(answers.me(), slug)

    def change() -> None:
        leaves_out, actor = request.form.get("leaves_out") == "ja", access.signed_in().public_id
        operations.take_back_invitation(programme_id=found.id, leaves_out=leaves_out, actor=actor, now=clock.now())

    return answers.answer(change, partial(_programme_page, found), TAKEN_BACK, f"{HOME}/{slug}")


def _today() -> date:
    return clock.local_day(clock.now(), queries.TIMEZONE)


def _quota(slug: str, quota_id: int) -> tuple[EmployerFacts, QuotaFacts]:
    employer = employers.acting(answers.me(), slug, on=_today())
    return employer, queries.quota_of(employer.id, quota_id)


def _places() -> tuple[list[int], list[int]]:
    return [town.id for town in places.towns()], list(spaces.directory().by_id)


def _typed(rules: Rules | ProgrammeRules) -> dict[str, Any]:
    """Return rules as a form holds them."""
    typed: dict[str, Any] = {**vars(rules), "where": "towns" if rules.towns else "spaces" if rules.spaces else "all"}
    typed |= {name: "ja" for name in TICKS if typed.get(name)}
    if isinstance(rules, ProgrammeRules):
        typed |= {"share": rules.share_percent, "eligible": "all" if rules.is_for_all else "invited"}
    return typed


def _with(quota: QuotaFacts, rules: Rules | ProgrammeRules) -> QuotaFacts:
    """Return a quota as it would be under other rules."""
    towns, known_spaces = {each.id: each.name for each in places.towns()}, spaces.directory().by_id
    where = [towns[each] for each in rules.towns if each in towns]
    where += [known_spaces[each].name for each in rules.spaces if each in known_spaces]
    scalars = {name: value for name, value in vars(rules).items() if name in QuotaFacts.__dataclass_fields__}
    return replace(quota, **scalars, places=tuple(sorted(where)))


def _chosen(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, list[str]]:
    """Return what is ticked of towns, spaces and employers: as typed, else as it is."""
    if hasattr(values, "getlist"):
        return {name: values.getlist(name) for name in names}
    return {name: [str(each) for each in values.get(f"{name}s", ())] for name in names}


def _quota_page(
    employer: EmployerFacts,
    quota: QuotaFacts,
    values: Mapping[str, Any],
    errors: dict[str, str],
    after: QuotaFacts | None = None,
) -> str:
    return render_template(
        "funding/quota_rules.html",
        employer=employer,
        quota=quota,
        values=values,
        errors=errors,
        after=after,
        chosen=_chosen(values, ("town", "space")),
        **_offered(),
    )


def _programme_page(
    found: ProgrammeFacts, values: Mapping[str, Any], errors: dict[str, str], rules: ProgrammeRules | None = None
) -> str:
    own, _ = queries.programme_quotas(found.id)
    before, named = queries.programme_rules(found.id), dict(queries.all_employers())
    after = None
    if rules is not None:
        gone = set(before.employers) - set(rules.employers)
        after = {
            "own": _with(own, rules),
            "rules": rules,
            "employers": sorted(named[each] for each in rules.employers if each in named),
            "gone": sorted(named.get(each, "") for each in gone),
            "leaving": queries.people_of(gone, today=_today()) if gone else None,
        }
    return render_template(
        "funding/programme_rules.html",
        programme=found,
        state=found.state(_today()),
        own=own,
        before=before,
        employers_before=queries.employers_in(found.id),
        values=values,
        errors=errors,
        after=after,
        chosen=_chosen(values, ("town", "space", "employer")),
        employers=list(named.items()),
        **_offered(),
    )


def _offered() -> dict[str, Any]:
    return {
        "towns": places.towns(),
        "spaces": sorted(spaces.directory().by_id.values(), key=lambda each: (each.town_name, each.name)),
    }
