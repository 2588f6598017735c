"""Say who acts for an employer, and hand it over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app import transaction
from app.employers import queries, steps
from app.employers.models import AGENT, Employment
from app.employers.steps import Kept
from app.errors import N_, DomainError, InvalidInput, NotFound
from app.extensions import db
from app.people import queries as known
from app.people import steps as people
from app.places import steps as places


class LastAgent(DomainError):
    """An employer would have nobody left."""

    code = "last_agent"
    message = N_("Dann würde niemand mehr für den Arbeitgeber handeln. Nenn zuerst jemanden, der weitermacht.")


class AlreadyAgent(DomainError):
    """Whoever is named acts for the employer already."""

    code = "already_agent"
    message = N_("Diese Person handelt hier schon.")


@transaction.write
def name_agent(*, slug: str, person_id: int, email: str, now: datetime) -> None:
    """Let the person at `email` act for an employer too, and tell them. Refuses: `NotFound`, `AlreadyAgent`."""
    kept = steps.lock(slug, person_id, now=now)
    if known.find_by_email(email) in _acting(kept, now):
        raise AlreadyAgent
    _name(kept, email, now=now)


@transaction.write
def remove_agent(*, slug: str, person_id: int, agent_id: int, now: datetime) -> None:
    """Let somebody, or oneself, no longer act for an employer. Refuses: `NotFound`, `LastAgent`."""
    kept = steps.lock(slug, person_id, now=now)
    agent = next(
        (each for each in queries.agents(kept.employer.id, on=queries.today(now)) if each.id == agent_id), None
    )
    if agent is None:
        raise NotFound
    _remove(kept, agent.person_id, now=now)
    if agent.person_id != person_id:
        people.tell(agent.person_id, "agent_named", {"employer": kept.named, "how": "removed"}, now=now)


@transaction.write
def hand_over(*, slug: str, person_id: int, email: str, now: datetime) -> None:
    """Let the person at `email` act instead of oneself. Refuses: `NotFound`, `InvalidInput` for an own address."""
    kept = steps.lock(slug, person_id, now=now)
    successor = known.find_by_email(email)
    if successor == person_id:
        raise InvalidInput({"successor": N_("Das ist deine eigene Adresse. Nenn die Person, die weitermacht.")})
    if successor not in _acting(kept, now):
        _name(kept, email, now=now)
    _remove(kept, person_id, now=now)


def _acting(kept: Kept, now: datetime) -> set[int]:
    return {each.person_id for each in queries.agents(kept.employer.id, on=queries.today(now))}


def _name(kept: Kept, email: str, *, now: datetime) -> None:
    newcomer = places.somebody_who_acts(email, now=now)
    steps.add_agent(kept.employer, newcomer, now=now)
    steps.write_down(kept, "name_agent", {"person": newcomer}, now=now)
    people.tell(newcomer, "agent_named", {"employer": kept.named, "how": "named"}, now=now)


def _remove(kept: Kept, person_id: int, *, now: datetime) -> None:
    """End what lets a person act. The short session stays until the night sees for whom else they act."""
    today = queries.today(now)
    if _acting(kept, now) == {person_id}:
        raise LastAgent
    is_theirs = (Employment.employer_id == kept.employer.id, Employment.person_id == person_id)
    row = db.session.scalars(select(Employment).where(*is_theirs, Employment.role == AGENT, *queries.holds(today)))
    row.one().ends_on = today
    steps.write_down(kept, "remove_agent", {"person": person_id}, now=now)
