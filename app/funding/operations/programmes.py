"""Begin a programme, change it while people book, let people in, and close its books."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from app import clock, transaction
from app.audit import steps as audit
from app.errors import N_, DomainError, InvalidInput, NotFound
from app.extensions import execute, table
from app.funding import steps
from app.funding.models import MONTH, PERSON, POOL, TOTAL, Account, Programme, ProgrammeEmployer, ProgrammePerson, Quota
from app.funding.queries import FROZEN_AFTER, TIMEZONE
from app.funding.steps import Grant, QuotaDraft
from app.places import steps as places

_programmes, _quotas, _accounts = table(Programme), table(Quota), table(Account)
# Whoever has booked beyond the new end shall have time to choose who pays instead: at least four days.
NOTICE_DAYS = 7
MOST_DAYS = 5 * 366


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
    """A programme to be. `employers`: ids of those who take part; `towns` and `spaces`: ids, without any everywhere."""

    name: str
    funder: str
    town_id: int
    starts_on: date
    ends_on: date
    is_for_all: bool
    share_percent: int
    terms: Terms
    has_rooms: bool = False
    pays_no_show: bool = False
    pays_late: bool = False
    employers: tuple[int, ...] = ()
    towns: tuple[int, ...] = ()
    spaces: tuple[int, ...] = field(default=())


@transaction.write
def make_programme(*, draft: ProgrammeDraft, actor: str, now: datetime) -> str:
    """Make a programme with its rules, which are two quotas, and return its slug. It begins and ends by itself."""
    slug = _free_slug(draft.name)
    facts = {name: getattr(draft, name) for name in ("name", "funder", "town_id", "starts_on", "ends_on")}
    facts |= {"is_for_all": draft.is_for_all, "share_percent": draft.share_percent, "slug": slug, "made_at": now}
    programme_id = execute(insert(_programmes).values(facts).returning(_programmes.c.id)).scalar_one()
    if draft.employers:
        rows = [{"programme_id": programme_id, "employer_id": each} for each in draft.employers]
        execute(insert(table(ProgrammeEmployer)), rows)
    for scope, grant in _grants(draft.terms, draft.ends_on).items():
        quota = QuotaDraft(
            employer_id=None,
            programme_id=programme_id,
            name=draft.name[:80],
            scope=scope,
            frame=MONTH if scope == PERSON else TOTAL,
            starts_on=draft.starts_on,
            grant=grant,
            has_rooms=draft.has_rooms,
            pays_no_show=draft.pays_no_show,
            pays_late=draft.pays_late,
            towns=draft.towns,
            spaces=draft.spaces,
        )
        steps.make_quota(quota, now=now)
    _note("make_programme", slug, {"ends_on": draft.ends_on, **vars(draft.terms)}, actor, now)
    return slug


@transaction.write
def change_terms(*, programme_id: int, terms: Terms, actor: str, now: datetime) -> None:
    """Let a programme pay more or less; what is booked stays paid. Refuses: `NotFound`, `ProgrammeOver`."""
    programme = _lock(programme_id, now)
    _regrant(programme_id, terms, programme.ends_on, (actor, now))
    _note("change_programme", programme.slug, vars(terms), actor, now)


@transaction.write
def move_end(*, programme_id: int, ends_on: date, actor: str, now: datetime) -> None:
    """Let a programme end on another day. Who has booked beyond it is told by the worker and can choose another payer.

    Refuses: `NotFound`, `ProgrammeOver`, `InvalidInput` (less than a week ahead, before it begins or too late).
    """
    programme = _lock(programme_id, now)
    today = clock.local_day(now, TIMEZONE)
    if ends_on < max(today + timedelta(days=NOTICE_DAYS), programme.starts_on) and ends_on != programme.ends_on:
        raise InvalidInput({"ends_on": N_("Frühestens in 7 Tagen: Wer gebucht hat, braucht Zeit, neu zu wählen.")})
    if ends_on > programme.starts_on + timedelta(days=MOST_DAYS):
        raise InvalidInput(
            {"ends_on": N_("Das Ende liegt zu weit in der Zukunft: höchstens fünf Jahre nach dem Anfang.")}
        )
    execute(update(_programmes).where(_programmes.c.id == programme_id).values(ends_on=ends_on))
    for quota in _rules(programme_id):
        steps.regrant(quota.id, Grant(quota.units, quota.cents, ends_on), today, (actor, now))
    _note("move_programme_end", programme.slug, {"before": programme.ends_on, "after": ends_on}, actor, now)


@transaction.write
def join_programme(*, programme_id: int, person_id: int, now: datetime) -> bool:
    """Let a person whom a programme invited take part. Returns whether that is new.

    Refuses: `NotFound`, `ProgrammeOver`.
    """
    _lock(programme_id, now)
    people = table(ProgrammePerson)
    is_it = (people.c.programme_id == programme_id, people.c.person_id == person_id)
    if execute(select(people.c.person_id).where(*is_it)).first() is not None:
        return False
    execute(insert(people).values(programme_id=programme_id, person_id=person_id))
    return True


@transaction.write
def freeze_programme(*, programme_id: int, now: datetime) -> bool:
    """Close a programme's books 15 days after its end, with the sums of what it paid. Returns whether it did.

    All its charges are decided by then; what is decided anew later becomes a correction beside the sums.
    Refuses: `NotFound`.
    """
    row = _locked(programme_id)
    if row.frozen_at is not None or clock.local_day(now, TIMEZONE) < row.ends_on + FROZEN_AFTER:
        return False
    budget = select(_quotas.c.id).where(_quotas.c.programme_id == programme_id, _quotas.c.scope == POOL)
    ids = select(_accounts.c.id).where(_accounts.c.quota_id.in_(budget)).order_by(_accounts.c.id).with_for_update()
    accounts = [account.id for account in execute(ids)]
    sums = (func.coalesce(func.sum(_accounts.c[f"settled_{unit}"]), 0) for unit in ("units", "cents"))
    units, cents = execute(select(*sums).where(_accounts.c.id.in_(accounts))).one()
    values = {"frozen_at": now, "frozen_units": int(units), "frozen_cents": int(cents)}
    execute(update(_programmes).where(_programmes.c.id == programme_id).values(values))
    _note("freeze_programme", row.slug, {"units": int(units), "cents": int(cents)}, "worker", now)
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
    for quota in _rules(programme_id):
        steps.regrant(quota.id, grants[quota.scope], clock.local_day(by[1], TIMEZONE), by)


def _rules(programme_id: int) -> list[Any]:
    """Return a programme's quotas, locked in the order of their ids."""
    of_it = _quotas.c.programme_id == programme_id
    return list(execute(select(_quotas).where(of_it).order_by(_quotas.c.id).with_for_update()))


def _locked(programme_id: int) -> Any:
    row = execute(select(_programmes).where(_programmes.c.id == programme_id).with_for_update()).first()
    if row is None:
        raise NotFound
    return row


def _lock(programme_id: int, now: datetime) -> Any:
    row = _locked(programme_id)
    if row.frozen_at is not None or row.ends_on < clock.local_day(now, TIMEZONE):
        raise ProgrammeOver
    return row


def _note(action: str, slug: str, detail: dict[str, Any], actor: str, now: datetime) -> None:
    plain = json.loads(json.dumps(detail, default=str))
    audit.record(actor=actor, action=action, subject=("programme", slug), detail=plain, now=now)
