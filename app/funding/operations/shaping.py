"""Let other rules hold on a quota or a programme after it was made. What is booked keeps what was promised."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from app import transaction
from app.audit import steps as audit
from app.errors import N_, DomainError, NotFound
from app.extensions import execute, table
from app.funding import queries, steps
from app.funding.models import PERSON, Programme, ProgrammeEmployer, ProgrammePerson, Quota
from app.funding.operations import programmes
from app.funding.operations.quotas import Ended
from app.funding.queries import ProgrammeRules, Rules

_quotas, _programmes, _pairs = table(Quota), table(Programme), table(ProgrammeEmployer)


class ChangedMeanwhile(DomainError):
    """Somebody else has changed it since the form was opened."""

    code = "changed_meanwhile"
    message = N_("Das hat inzwischen jemand anders geändert. Lade die Seite neu und ändere dann, was noch fehlt.")


@transaction.write
def change_quota_rules(*, quota_id: int, rules: Rules, version: int, actor: str, now: datetime) -> None:
    """Let other rules hold for what is booked from now on. `version`: of the quota when somebody looked at it.

    Refuses: `NotFound`, `Ended`, `ChangedMeanwhile`.
    """
    quota = execute(select(_quotas).where(_quotas.c.id == quota_id).with_for_update()).first()
    if quota is None:
        raise NotFound
    if quota.ended_at is not None:
        raise Ended
    if quota.version != version:
        raise ChangedMeanwhile
    before = queries.rules_of(quota_id)
    steps.change_rules(quota_id, rules)
    _note("change_quota_rules", ("quota", quota_id), _difference(before, rules), actor, now)


@transaction.write
def change_programme_rules(
    *, programme_id: int, rules: ProgrammeRules, version: int, actor: str, now: datetime
) -> None:
    """Let other rules hold for what is booked from now on; what is booked stays paid, also of those who no longer take
    part. `version`: of the quota for each person when somebody looked at it.

    Refuses: `NotFound`, `ProgrammeOver`, `ChangedMeanwhile`.
    """
    programme = programmes.lock(programme_id, now)
    quotas = programmes.locked_rules(programme_id)
    if any(quota.version != version for quota in quotas if quota.scope == PERSON):
        raise ChangedMeanwhile
    before = queries.programme_rules(programme_id)
    facts = {name: getattr(rules, name) for name in ("name", "funder", "is_for_all", "share_percent")}
    execute(update(_programmes).where(_programmes.c.id == programme_id).values(facts))
    for quota in quotas:
        steps.change_rules(quota.id, rules.of_quotas)
    execute(delete(_pairs).where(_pairs.c.programme_id == programme_id))
    if rules.employers:
        execute(insert(_pairs), [{"programme_id": programme_id, "employer_id": each} for each in rules.employers])
    _note("change_programme_rules", ("programme", programme.slug), _difference(before, rules), actor, now)


@transaction.write
def take_back_invitation(*, programme_id: int, leaves_out: bool, actor: str, now: datetime) -> None:
    """Let nobody join a programme by the present link any more: there is another one. With `leaves_out` those who came
    by any link no longer take part either; what they have booked stays paid.

    Refuses: `NotFound`, `ProgrammeOver`.
    """
    programme = programmes.lock(programme_id, now)
    values = {"invitation": _programmes.c.invitation + 1}
    execute(update(_programmes).where(_programmes.c.id == programme_id).values(values))
    if leaves_out:
        people = table(ProgrammePerson)
        execute(delete(people).where(people.c.programme_id == programme_id))
    detail = {"number": programme.invitation, "leaves_out": leaves_out}
    _note("take_back_invitation", ("programme", programme.slug), detail, actor, now)


def _difference(before: Any, after: Any) -> dict[str, Any]:
    names = [name for name, value in vars(after).items() if value != getattr(before, name)]
    return {word: {name: getattr(of, name) for name in names} for word, of in (("before", before), ("after", after))}


def _note(action: str, subject: tuple[str, str | int], detail: dict[str, Any], actor: str, now: datetime) -> None:
    plain = json.loads(json.dumps(detail, default=str))
    audit.record(actor=actor, action=action, subject=subject, detail=plain, now=now)
