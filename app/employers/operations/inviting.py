"""Ask people to join: one address, a link for many, or everybody with an address under the proved domain."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app import transaction
from app.employers import steps
from app.employers.models import DOMAIN, LINK, MEMBER, Invitation
from app.employers.steps import Kept
from app.errors import N_, DomainError, NotFound
from app.extensions import db
from app.people.queries import token_digest


class AlreadyInvited(DomainError):
    """An invitation to this address is on its way."""

    code = "already_invited"
    message = N_("Diese Adresse ist schon eingeladen. Soll die Mail noch einmal kommen, zieh sie erst zurück.")


class AlreadyMember(DomainError):
    """Somebody works there with this address already."""

    code = "already_member"
    message = N_("Mit dieser Adresse ist schon jemand dabei. Du findest die Person unter „Leute“.")


class NoDomain(DomainError):
    """No mail domain was proved."""

    code = "no_domain"
    message = N_("Bestätige zuerst auf der Seite „E-Mail-Domain“, welche Domain eure ist.")


@dataclass(frozen=True)
class LinkDraft:
    """How many may use a link, and for how many days."""

    most: int
    days: int


@transaction.write
def invite_person(*, slug: str, person_id: int, email: str, cost_centre: str | None, now: datetime) -> None:
    """Invite whoever reads an address.

    Refuses: `NotFound`, `NotProved`, `NotCodetermined`, `AlreadyInvited`, `AlreadyMember`.
    """
    kept = _locked(slug, person_id, now)
    if email in steps.invited_emails(kept.employer.id, now=now):
        raise AlreadyInvited
    if email in steps.member_emails(kept.employer.id, now=now):
        raise AlreadyMember
    steps.invite(kept.employer, [(email, cost_centre)], due_at=[now], now=now)
    steps.write_down(kept, "invite_people", {"count": 1}, now=now)


@transaction.write
def make_link(*, slug: str, person_id: int, draft: LinkDraft, now: datetime) -> str:
    """Make a link with which several people can join, and return its secret, which is stored nowhere.

    Refuses: `NotFound`, `NotProved`, `NotCodetermined`.
    """
    kept = _locked(slug, person_id, now)
    token = secrets.token_urlsafe(32)
    row = Invitation(kind=LINK, role=MEMBER, most=draft.most, used=0, token_digest=token_digest(token), made_at=now)
    row.employer_id, row.expires_at = kept.employer.id, now + timedelta(days=draft.days)
    db.session.add(row)
    steps.write_down(kept, "make_link", {"most": draft.most, "days": draft.days}, now=now)
    return token


@transaction.write
def open_domain(*, slug: str, person_id: int, days: int, now: datetime) -> None:
    """Let everybody join who has an address under the proved domain. What was open so far is replaced.

    Refuses: `NotFound`, `NotProved`, `NotCodetermined`, `NoDomain`.
    """
    kept = _locked(slug, person_id, now)
    if kept.employer.domain is None:
        raise NoDomain
    offers = (Invitation.employer_id == kept.employer.id, Invitation.kind == DOMAIN, Invitation.ended_at.is_(None))
    db.session.execute(update(Invitation).where(*offers).values(ended_at=now))
    # Nobody learns this secret: an own address is what opens it.
    row = Invitation(
        kind=DOMAIN, role=MEMBER, used=0, token_digest=token_digest(secrets.token_urlsafe(32)), made_at=now
    )
    row.employer_id, row.expires_at = kept.employer.id, now + timedelta(days=days)
    db.session.add(row)
    steps.write_down(kept, "open_domain", {"days": days}, now=now)


@transaction.write
def withdraw_invitation(*, slug: str, person_id: int, number: int, now: datetime) -> None:
    """Let an invitation be accepted no longer; its address goes. Refuses: `NotFound`."""
    kept = steps.lock(slug, person_id, now=now)
    which = (Invitation.id == number, Invitation.employer_id == kept.employer.id, Invitation.ended_at.is_(None))
    found = db.session.scalars(select(Invitation).where(*which).with_for_update()).one_or_none()
    if found is None:
        raise NotFound
    found.ended_at, found.email = now, None
    steps.write_down(kept, "withdraw_invitation", {"kind": found.kind}, now=now)


def _locked(slug: str, person_id: int, now: datetime) -> Kept:
    kept = steps.lock(slug, person_id, now=now)
    steps.check_may_invite(kept.employer)
    return kept
