"""Register an employer, or invite one; change what is known about it; say that co-determination is settled."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import transaction
from app.employers import queries, steps
from app.employers.models import Employer
from app.errors import N_, DomainError, InvalidInput, NotFound
from app.extensions import db
from app.people import steps as people
from app.people.models import Person
from app.places import queries as places
from app.places import steps as place_steps

# What addresses of pages mean already.
TAKEN_SLUGS = {"neu", "einladung", "beitreten"}
MOST_UNPROVED = 3


@dataclass(frozen=True)
class EmployerDraft:
    """What is known about an employer; ids are written without spaces, None = not told."""

    name: str
    legal_name: str
    street: str
    plz: str
    town: str
    vat_id: str | None
    leitweg_id: str | None
    invoice_email: str | None = None


class TooManyUnproved(DomainError):
    """Somebody registers one employer after the other and proves none."""

    code = "too_many_unproved_employers"
    message = N_("Du hast schon 3 Arbeitgeber angemeldet, die noch nicht bestätigt sind. Bestätige zuerst einen davon.")


@transaction.write
def register_employer(*, person_id: int, draft: EmployerDraft, now: datetime) -> str:
    """Make an employer for which the person acts from now on. Returns its slug. Refuses: `TooManyUnproved`."""
    person = people.lock(person_id)
    mine = queries.acted_for(person_id, on=queries.today(now))
    if sum(not each.is_proved for each in mine) >= MOST_UNPROVED:
        raise TooManyUnproved
    employer = _added(Employer(slug=_free_slug(draft.name), made_at=now, **asdict(draft)))
    _let_act(employer, person_id, now=now)
    kept = steps.Kept(employer, person.public_id)
    steps.write_down(kept, "register_employer", {"person": person_id}, now=now)
    return employer.slug


@transaction.write
def invite_employer(*, officer_id: int, name: str, email: str, now: datetime) -> str:
    """Make an employer that the county vouches for; the person at `email` acts for it and is told. Returns its slug.

    Refuses: `NotFound` for whoever is no officer, `InvalidInput`.
    """
    if not places.officers([officer_id]):
        raise NotFound
    employer = _added(Employer(slug=_free_slug(name), name=name, vouched_at=now, made_at=now))
    first = place_steps.somebody_who_acts(email, now=now)
    steps.add_agent(employer, first, now=now)
    kept = steps.Kept(employer, people.public_id(officer_id))
    steps.write_down(kept, "invite_employer", {"person": first}, now=now)
    people.tell(first, "agent_named", {"employer": kept.named, "how": "invited"}, now=now)
    return employer.slug


class HasAgents(DomainError):
    """Somebody acts for the employer, and names others without the county."""

    code = "employer_has_agents"
    message = N_("Für diesen Arbeitgeber handelt schon jemand. Diese Person kann selbst weitere dazuholen.")


@transaction.write
def name_first_agent(*, officer_id: int, slug: str, email: str, now: datetime) -> None:
    """Let the person at `email` act for an employer for which nobody acts any more: an officer may.

    Refuses: `NotFound`, `HasAgents`, `InvalidInput`.
    """
    found = db.session.scalar(select(Employer.id).where(Employer.slug == slug))
    if not places.officers([officer_id]) or found is None:
        raise NotFound
    kept = steps.Kept(steps.lock_employer(found), people.public_id(officer_id))
    if queries.agents(found, on=queries.today(now)):
        raise HasAgents
    first = place_steps.somebody_who_acts(email, now=now)
    steps.add_agent(kept.employer, first, now=now)
    steps.write_down(kept, "name_agent", {"person": first}, now=now)
    people.tell(first, "agent_named", {"employer": kept.named, "how": "invited"}, now=now)


@transaction.write
def change_employer(*, slug: str, person_id: int, draft: EmployerDraft, now: datetime) -> bool:
    """Change what is known about an employer. Returns whether anything is different. Refuses: `NotFound`."""
    kept = steps.lock(slug, person_id, now=now)
    after = asdict(draft)
    before = {name: getattr(kept.employer, name) for name in after if getattr(kept.employer, name) != after[name]}
    for name in before:
        setattr(kept.employer, name, after[name])
    if before:
        steps.write_down(kept, "change_employer", {"fields": sorted(before)}, now=now)
    return bool(before)


@transaction.write
def settle_codetermination(*, slug: str, person_id: int, on: date, by: str, now: datetime) -> None:
    """Write down when who agreed that people are invited. Refuses: `NotFound`, `InvalidInput` for a day to come."""
    kept = steps.lock(slug, person_id, now=now)
    if on > queries.today(now):
        raise InvalidInput({"on": N_("Dieser Tag liegt in der Zukunft. Trag die Zustimmung ein, wenn sie da ist.")})
    kept.employer.codetermined_on, kept.employer.codetermined_by = on, by
    steps.write_down(kept, "settle_codetermination", {"on": on.isoformat()}, now=now)


def _let_act(employer: Employer, person_id: int, *, now: datetime) -> None:
    """Let somebody who is signed in act for an employer."""
    db.session.get_one(Person, person_id, populate_existing=True).acts_for_others = True
    steps.add_agent(employer, person_id, now=now)


def _added(employer: Employer) -> Employer:
    """Add an employer; when somebody else took the slug in the same moment, all is tried again with another one."""
    db.session.add(employer)
    try:
        db.session.flush()
    except IntegrityError as error:
        if transaction.violated(error) == "uq_employers_slug":
            raise transaction.Again from error
        raise
    return employer


def _free_slug(name: str) -> str:
    """Return the slug of a name, with a number behind it when it is taken."""
    wanted = place_steps.slug_of(name)[:50].rstrip("-") or "arbeitgeber"
    taken = {*TAKEN_SLUGS, *db.session.scalars(select(Employer.slug).where(Employer.slug.startswith(wanted)))}
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(slug for slug in numbered if slug not in taken)
