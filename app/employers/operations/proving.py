"""Prove that a mail domain is an employer's own: by a code to an address under it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app import transaction
from app.employers import public_mail, steps
from app.employers.models import DOMAIN, Employer, Invitation
from app.employers.steps import Kept
from app.errors import N_, DomainError, InvalidInput
from app.extensions import db
from app.messages import steps as messages
from app.people import steps as people


class DomainTaken(DomainError):
    """Another employer has proved the same domain."""

    code = "domain_taken"
    message = N_(
        "Mit dieser Domain ist hier schon ein Arbeitgeber angemeldet: {name}. Lass dich dort dazuholen oder nimm eine "
        "Adresse unter einer anderen Domain."
    )


@transaction.write
def ask_for_domain(*, slug: str, person_id: int, email: str, secret: str, now: datetime) -> None:
    """Send a code to an address of an employer, good for this person and this employer only.

    Refuses: `NotFound`, `InvalidInput` for an address that anybody can have, `DomainTaken`, `TooManyCodes`,
    `TooManyAskers`.
    """
    kept = steps.lock(slug, person_id, now=now)
    _check(kept.employer, email)
    code = people.issue_code(email, person_id=None, browser=_asker(kept, person_id), secret=secret, now=now)
    person = people.lock(person_id)
    payload = {"employer": kept.named, "code": code, "minutes": people.CODE_MINUTES, "asked_by": person.name or None}
    messages.write(messages.Draft("employer_code", None, email, person.language, payload), now=now)


@transaction.write
def prove_domain(*, slug: str, person_id: int, proof: people.Proof, now: datetime) -> DomainError | None:
    """Take the domain of a proved address for the employer's. `proof.browser` is not looked at.

    The try counts, right or wrong, so these refusals are returned and committed: `WrongCode`, `CodeSpent`.

    Refuses: `NotFound`, `InvalidInput`, `DomainTaken`.
    """
    kept = steps.lock(slug, person_id, now=now)
    _check(kept.employer, proof.email)
    typed = people.Proof(proof.email, proof.code, proof.secret, _asker(kept, person_id))
    refusal = people.try_code(typed, person_id=None, now=now)
    if isinstance(refusal, people.WrongCode):
        return people.WrongCode(**refusal.values)
    if refusal is not None:
        return people.CodeSpent()
    employer, domain = kept.employer, _domain(proof.email)
    if employer.domain != domain:
        # What was offered to everybody under the old one is not meant for everybody under the new one.
        offers = (Invitation.employer_id == employer.id, Invitation.kind == DOMAIN, Invitation.ended_at.is_(None))
        db.session.execute(update(Invitation).where(*offers).values(ended_at=now))
    employer.domain, employer.domain_proved_at = domain, now
    try:
        db.session.flush()
    except IntegrityError as error:  # another employer proved it in the same moment; the next look sees that
        if transaction.violated(error) == "uq_employers_domain":
            raise transaction.Again from error
        raise
    steps.write_down(kept, "prove_domain", {"domain": domain}, now=now)
    return None


def _check(employer: Employer, email: str) -> None:
    domain = _domain(email)
    if public_mail.is_public(domain):
        raise InvalidInput(
            {
                "email": N_(
                    "Unter dieser Domain kann jeder eine Adresse haben. Nimm eine, die nur Leute bei euch haben. Habt "
                    "ihr keine, dann bitte die Fachstelle des Kreises um eine Einladung."
                )
            }
        )
    others = select(Employer.name).where(Employer.domain == domain, Employer.id != employer.id)
    name = db.session.scalar(others)
    if name is not None:
        raise DomainTaken(name=name)


def _domain(email: str) -> str:
    return email.rpartition("@")[2]


def _asker(kept: Kept, person_id: int) -> str:
    """Name who may type the code, so that it is good for nothing else: neither for signing in nor for a profile."""
    return f"employer|{kept.employer.id}|{person_id}"
