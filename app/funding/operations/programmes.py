"""Begin a programme, change it while people book, and let people in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update

from app import clock, transaction
from app.audit import steps as audit
from app.errors import N_, DomainError, NotFound
from app.extensions import execute, table
from app.funding import steps
from app.funding.models import MONTH, PERSON, POOL, TOTAL, Account, Programme, ProgrammeEmployer, ProgrammePerson, Quota
from app.funding.queries import TIMEZONE, ProgrammeRules
from app.funding.steps import Grant, QuotaDraft
from app.places import steps as places

_programmes, _quotas, _accounts = table(Programme), table(Quota), table(Account)


class ProgrammeOver(DomainError):
    """The programme has ended; its books are closed or will be soon."""

    code = "programme_over"
    message = N_("Dieses Programm ist schon zu Ende. Leg ein neues an.")


@dataclass(frozen=True)
class Terms:
    """What a programme pays at most: half-days per person and month, and the budget for all in half-days and cents."""

    units: int
    budget_units: int | None
    budget_cents: int | None


@dataclass(frozen=True)
class ProgrammeDraft:
    """A programme to be: whose officers run it, between which days, how much it pays at most, and by which rules."""

    town_id: int
    starts_on: date
    ends_on: date
    terms: Terms
    rules: ProgrammeRules


@transaction.write
def make_programme(*, draft: ProgrammeDraft, actor: str, now: datetime) -> str:
    """Make a programme with its rules, which are two quotas, and return its slug. It begins and ends by itself."""
    rules = draft.rules
    slug = _free_slug(rules.name)
    facts = {name: getattr(draft, name) for name in ("town_id", "starts_on", "ends_on")}
    facts |= {name: getattr(rules, name) for name in ("name", "funder", "is_for_all", "share_percent")}
    facts |= {"slug": slug, "made_at": now}
    programme_id = execute(insert(_programmes).values(facts).returning(_programmes.c.id)).scalar_one()
    if rules.employers:
        rows = [{"programme_id": programme_id, "employer_id": each} for each in rules.employers]
        execute(insert(table(ProgrammeEmployer)), rows)
    for scope, grant in _grants(draft.terms, draft.ends_on).items():
        quota = QuotaDraft(
            employer_id=None,
            programme_id=programme_id,
            scope=scope,
            frame=MONTH if scope == PERSON else TOTAL,
            starts_on=draft.starts_on,
            grant=grant,
            rules=rules.of_quotas,
        )
        steps.make_quota(quota, now=now)
    _note("make_programme", slug, {"ends_on": draft.ends_on, **vars(draft.terms)}, actor, now)
    return slug


@transaction.write
def change_terms(*, programme_id: int, terms: Terms, actor: str, now: datetime) -> None:
    """Let a programme pay more or less; what is booked stays paid. Refuses: `NotFound`, `ProgrammeOver`."""
    programme = lock(programme_id, now)
    _regrant(programme_id, terms, programme.ends_on, (actor, now))
    _note("change_programme", programme.slug, vars(terms), actor, now)


@transaction.write
def move_end(*, programme_id: int, ends_on: date, actor: str, now: datetime) -> None:
    """Let a programme end on another day. Who has booked beyond it is told by the worker and can choose another payer.

    An end on a later day makes what people were told before void: whoever is beyond an end again is told anew.
    Refuses: `NotFound`, `ProgrammeOver`, `InvalidInput` (see `steps.check_end`).
    """
    programme = lock(programme_id, now)
    today = clock.local_day(now, TIMEZONE)
    steps.check_end(ends_on, starts_on=programme.starts_on, present=programme.ends_on, today=today)
    longer = {"extended_at": now} if ends_on > programme.ends_on else {}
    execute(update(_programmes).where(_programmes.c.id == programme_id).values(ends_on=ends_on, **longer))
    for quota in locked_rules(programme_id):
        steps.regrant(quota.id, Grant(quota.units, quota.cents, ends_on), today, (actor, now))
    _note("move_programme_end", programme.slug, {"before": programme.ends_on, "after": ends_on}, actor, now)


@transaction.write
def join_programme(*, programme_id: int, person_id: int, invitation: int, now: datetime) -> bool:
    """Let a person take part whom a programme invited by the link of that number. Returns whether that is new.

    Refuses: `NotFound`, also when the link was taken back, `ProgrammeOver`.
    """
    if lock(programme_id, now).invitation != invitation:
        raise NotFound
    people = table(ProgrammePerson)
    is_it = (people.c.programme_id == programme_id, people.c.person_id == person_id)
    if execute(select(people.c.person_id).where(*is_it)).first() is not None:
        return False
    execute(insert(people).values(programme_id=programme_id, person_id=person_id))
    return True


def _free_slug(name: str) -> str:
    """Return the name as it is written in addresses, with a number when another programme has it."""
    plain = places.slug_of(name)[:50] or "programm"
    taken = {row.slug for row in execute(select(_programmes.c.slug).where(_programmes.c.slug.startswith(plain)))}
    return next(each for each in (plain, *(f"{plain}-{n}" for n in range(2, len(taken) + 3))) if each not in taken)


def _grants(terms: Terms, ends_on: date) -> dict[str, Grant]:
    return {
        PERSON: Grant(terms.units, None, ends_on),
        POOL: Grant(terms.budget_units, terms.budget_cents, ends_on),
    }


def _regrant(programme_id: int, terms: Terms, ends_on: date, by: tuple[str, datetime]) -> None:
    grants = _grants(terms, ends_on)
    for quota in locked_rules(programme_id):
        steps.regrant(quota.id, grants[quota.scope], clock.local_day(by[1], TIMEZONE), by)


def locked_rules(programme_id: int) -> list[Any]:
    """Return a programme's quotas, locked in the order of their ids."""
    of_it = _quotas.c.programme_id == programme_id
    return list(execute(select(_quotas).where(of_it).order_by(_quotas.c.id).with_for_update()))


def locked(programme_id: int) -> Any:
    """Return a programme's row, locked. Refuses: `NotFound`."""
    row = execute(select(_programmes).where(_programmes.c.id == programme_id).with_for_update()).first()
    if row is None:
        raise NotFound
    return row


def lock(programme_id: int, now: datetime) -> Any:
    """Return the locked row of a programme that can still be changed. Refuses: `NotFound`, `ProgrammeOver`."""
    row = locked(programme_id)
    if row.frozen_at is not None or row.ends_on < clock.local_day(now, TIMEZONE):
        raise ProgrammeOver
    return row


def _note(action: str, slug: str, detail: dict[str, Any], actor: str, now: datetime) -> None:
    plain = json.loads(json.dumps(detail, default=str))
    audit.record(actor=actor, action=action, subject=("programme", slug), detail=plain, now=now)
