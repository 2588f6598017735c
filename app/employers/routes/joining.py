"""The person's side: who invites, what the employer will see, yes or no, and leaving again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request

from app import access, clock, i18n
from app.answers import answer, me, wrong
from app.employers import operations, queries
from app.employers.operations import Key
from app.employers.queries import InvitationFacts
from app.employers.routes import blueprint
from app.errors import DomainError
from app.people import queries as people

PAGE = "/arbeitgeber"


@blueprint.get("/arbeitgeber")
@access.person
def show_employers() -> str:
    return _list({}, {})


@blueprint.post("/arbeitgeber/beitreten")
@access.person
def join() -> Any:
    """Answer an invitation that is for an own address."""
    typed = request.form.get("invitation", "")
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 9 else 0
    return _answer(Key(number=number), _list)


@blueprint.get("/arbeitgeber/einladung/<token>")
@access.person
def show_invitation(token: str) -> str:
    return _page(token, {}, {})


@blueprint.post("/arbeitgeber/einladung/<token>")
@access.person
def answer_invitation(token: str) -> Any:
    return _answer(Key(token=token), lambda *typed: _page(token, *typed))


@blueprint.post("/arbeitgeber/<slug>/verlassen")
@access.person
def leave_employer(slug: str) -> Any:
    def change() -> str:
        name = operations.leave_employer(person_id=me(), slug=slug, now=clock.now())
        return i18n.gettext("Du bist nicht mehr bei %(name)s dabei. Dein Konto bleibt.", name=name)

    return answer(change, _list, None, PAGE)


def _answer(key: Key, page: Any) -> Any:
    """Accept or decline: whichever button was pressed."""
    now = clock.now()
    try:
        if request.form.get("do") == "decline":
            operations.decline_invitation(person_id=me(), key=key, now=now)
            said = i18n.gettext("Abgelehnt. Von uns erfährt niemand, warum.")
        else:
            email = request.form.get("email", "")
            name = operations.accept_invitation(person_id=me(), key=key, email=email, now=now)
            said = i18n.gettext("Du bist jetzt bei %(name)s dabei.", name=name)
    except DomainError as refusal:
        return page(request.form, wrong(refusal)), refusal.status
    flash(said, "success")
    return redirect(PAGE, 303)


def _list(values: Mapping[str, Any], errors: dict[str, str]) -> str:
    now = clock.now()
    today = queries.today(now)
    return render_template(
        "employers/employers.html",
        employers=queries.acted_for(me(), on=today),
        jobs=queries.jobs(me(), on=today),
        invitations=[(each, _addresses(each)) for each in queries.invitations_for(me(), on=today, now=now)],
        values=values,
        errors=errors,
    )


def _page(token: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    """Show an invitation. Refuses: `InvitationOver`."""
    now = clock.now()
    today = queries.today(now)
    found = queries.invitation(token, now=now) or queries.accepted(token, me(), on=today)
    if found is None:
        raise operations.InvitationOver
    works_there = any(job.employer_id == found.employer_id for job in queries.jobs(me(), on=today))
    return render_template(
        "employers/invitation.html",
        invitation=found,
        addresses=_addresses(found),
        action=f"/arbeitgeber/einladung/{token}",
        works_there=works_there,
        values=values,
        errors=errors,
    )


def _addresses(found: InvitationFacts) -> list[str]:
    """Return the person's addresses, first the one that the employer most likely knows."""
    own = [address.email for address in people.addresses(me())]
    return sorted(own, key=lambda email: (email != found.email, email.rpartition("@")[2] != found.domain))
