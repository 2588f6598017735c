"""Open invitations: those an employer has out, and those that are for somebody."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select

from app.employers.models import ADDRESS, DOMAIN, LINK, MEMBER, AddressList, Employer, Employment, Invitation
from app.employers.queries.acting import holds
from app.errors import NotFound
from app.extensions import execute
from app.people import queries as people


@dataclass(frozen=True)
class InvitationFacts:
    """An invitation that can still be accepted, and of whom. `email` only of one to a single address."""

    id: int
    kind: str
    email: str | None
    cost_centre: str | None
    most: int | None
    used: int
    expires_at: datetime
    made_at: datetime
    employer_id: int
    slug: str
    employer: str
    domain: str | None
    counts_since: datetime | None


@dataclass(frozen=True)
class Invited:
    """What an employer has out: one page of the addresses that have not answered, links, and the domain's offer."""

    addresses: list[InvitationFacts]
    count: int
    links: list[InvitationFacts]
    domain: InvitationFacts | None


@dataclass(frozen=True)
class Uploaded:
    """A list of addresses. Its `lines` are as they are stored; `unpacked` reads them."""

    id: int
    lines: list[str]
    ignored: list[str]
    total: int
    done: int
    confirmed_at: datetime | None
    expires_at: datetime

    @property
    def is_running(self) -> bool:
        return self.confirmed_at is not None and self.done < self.total


_INVITATION = ("id", "kind", "email", "cost_centre", "most", "used", "expires_at", "made_at")
_ALL = select(
    *(getattr(Invitation, name) for name in _INVITATION),
    *(Employer.id, Employer.slug, Employer.name, Employer.domain, Employer.counts_since),
).join(Employer, Employer.id == Invitation.employer_id)


def has_room(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Narrow to invitations that have not ended, and that somebody may still use."""
    is_free = or_(Invitation.most.is_(None), Invitation.used < Invitation.most)
    return Invitation.ended_at.is_(None), Invitation.expires_at > now, is_free


def is_open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Narrow to invitations that can still be accepted."""
    return *has_room(now), Employer.ended_at.is_(None)


def invited(employer_id: int, *, skip: int, limit: int, now: datetime) -> Invited:
    """Return the open invitations of an employer; addresses newest first, a page of them."""
    own = (Invitation.employer_id == employer_id, *is_open(now))
    newest = _ALL.where(*own, Invitation.kind == ADDRESS).order_by(Invitation.id.desc()).offset(skip).limit(limit)
    others = [InvitationFacts(*row) for row in execute(_ALL.where(*own, Invitation.kind != ADDRESS))]
    count = select(func.count(Invitation.id)).join(Employer, Employer.id == Invitation.employer_id)
    return Invited(
        addresses=[InvitationFacts(*row) for row in execute(newest)],
        count=int(execute(count.where(*own, Invitation.kind == ADDRESS)).scalar_one()),
        links=[each for each in others if each.kind == LINK],
        domain=next((each for each in others if each.kind == DOMAIN), None),
    )


def invitation(token: str, *, now: datetime) -> InvitationFacts | None:
    """Return the open invitation behind the secret of a link."""
    digest = people.token_digest(token)
    row = execute(_ALL.where(Invitation.token_digest == digest, *is_open(now))).first()
    return InvitationFacts(*row) if row else None


def accepted(token: str, person_id: int, *, on: date) -> InvitationFacts | None:
    """Return the invitation behind the secret of a link, also one that is over, if the person works there."""
    works_there = (Employment.employer_id == Employer.id, Employment.person_id == person_id, Employment.role == MEMBER)
    which = (Invitation.token_digest == people.token_digest(token), Invitation.used > 0)
    row = execute(_ALL.where(*which, select(Employment.id).where(*works_there, *holds(on)).exists())).first()
    return InvitationFacts(*row) if row else None


def invitations_for(person_id: int, *, on: date, now: datetime) -> list[InvitationFacts]:
    """Return what somebody may accept by their proved addresses alone: to such an address, or to its domain.

    Without those of employers where the person works already.
    """
    emails = [address.email for address in people.addresses(person_id)]
    works_there = (Employment.employer_id == Employer.id, Employment.person_id == person_id, Employment.role == MEMBER)
    rows = execute(
        _ALL.where(
            *is_open(now),
            or_(Invitation.email.in_(emails), (Invitation.kind == DOMAIN) & Employer.domain.in_(_domains(emails))),
            ~select(Employment.id).where(*works_there, *holds(on)).exists(),
        ).order_by(Employer.name, Invitation.kind, Invitation.id)
    )
    found: dict[int, InvitationFacts] = {}
    for row in rows:
        each = InvitationFacts(*row)
        found.setdefault(each.employer_id, each)  # to the address comes before to the domain, by the word for its kind
    return list(found.values())


def _domains(emails: Collection[str]) -> set[str]:
    return {email.rpartition("@")[2] for email in emails}


def uploaded(employer_id: int, number: int, *, now: datetime) -> Uploaded:
    """Return a list that was uploaded for an employer. Refuses: `NotFound`, also when it has expired."""
    which = (AddressList.id == number, AddressList.employer_id == employer_id, AddressList.expires_at > now)
    row = execute(select(*(getattr(AddressList, name) for name in Uploaded.__dataclass_fields__)).where(*which)).first()
    if row is None:
        raise NotFound
    return Uploaded(*row)


def unpacked(lines: Iterable[str]) -> list[tuple[int, str, str | None, str]]:
    """Return stored lines of a list as (number, address, cost centre, verdict)."""
    cells = (line.split("\t") for line in lines)
    return [(int(number), email, cost_centre or None, verdict) for number, email, cost_centre, verdict in cells]


def running_lists(employer_id: int, *, now: datetime) -> list[Uploaded]:
    """Return the lists of an employer whose invitations are going out, without their lines."""
    names = [name for name in Uploaded.__dataclass_fields__ if name != "lines"]
    which = (AddressList.confirmed_at.is_not(None), AddressList.expires_at > now)
    rows = execute(
        select(*(getattr(AddressList, name) for name in names))
        .where(AddressList.employer_id == employer_id, *which, AddressList.done < AddressList.total)
        .order_by(AddressList.id)
    )
    return [Uploaded(lines=[], **dict(zip(names, row, strict=True))) for row in rows]
