"""What every change by an agent begins and ends with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.audit import steps as audit
from app.employers import queries
from app.employers.models import AGENT, Employer, Employment
from app.errors import N_, DomainError
from app.extensions import db
from app.people import steps as people


class NotProved(DomainError):
    """Nobody knows yet whether they are who they say."""

    code = "employer_not_proved"
    message = N_("Zeig uns zuerst, dass ihr es seid: Bestätige auf der Seite „E-Mail-Domain“ eine Adresse von euch.")


class NotCodetermined(DomainError):
    """Works council or staff council have not agreed yet, as far as is known here."""

    code = "not_codetermined"
    message = N_("Klär zuerst die Mitbestimmung und trag auf der Seite „Mitbestimmung“ ein, wer wann zugestimmt hat.")


@dataclass(frozen=True)
class Kept:
    """An employer whose row is locked until the transaction ends, and the public id of who changes it."""

    employer: Employer
    actor: str

    @property
    def named(self) -> dict[str, str]:
        """What messages say of it."""
        return {"slug": self.employer.slug, "name": self.employer.name}


def lock(slug: str, person_id: int, *, now: datetime) -> Kept:
    """Lock an employer for a change by somebody who acts for it. Refuses: `NotFound`, for everybody else too."""
    found = queries.acting(person_id, slug, on=queries.today(now))
    kept = Kept(lock_employer(found.id), people.public_id(person_id))
    queries.acting(person_id, slug, on=queries.today(now))  # somebody may have taken this one away meanwhile
    return kept


def lock_employer(employer_id: int) -> Employer:
    row = select(Employer).where(Employer.id == employer_id).with_for_update()
    return db.session.scalars(row.execution_options(populate_existing=True)).one()


def check_may_invite(employer: Employer) -> None:
    """Refuses: `NotProved`, `NotCodetermined`."""
    if employer.domain is None and employer.vouched_at is None:
        raise NotProved
    if employer.codetermined_on is None:
        raise NotCodetermined


def write_down(kept: Kept, action: str, detail: dict[str, Any], *, now: datetime) -> None:
    """End a change: the audit says who did what."""
    db.session.flush()
    audit.record(actor=kept.actor, action=action, subject=("employer", kept.employer.slug), detail=detail, now=now)


def add_agent(employer: Employer, person_id: int, *, now: datetime) -> None:
    """Let somebody act for an employer from today on."""
    starts_on = queries.today(now)
    row = Employment(employer_id=employer.id, person_id=person_id, role=AGENT, starts_on=starts_on, made_at=now)
    db.session.add(row)
    db.session.flush()
