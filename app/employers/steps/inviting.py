"""Invitations and the mails that carry them."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select

from app.employers import queries
from app.employers.models import ADDRESS, MEMBER, Employer, Employment, Invitation
from app.employers.steps.forget import INVITATIONS_KEPT
from app.extensions import execute, table
from app.messages import steps as messages
from app.people.models import Address, Person
from app.people.queries import token_digest


def invite(
    employer: Employer, wanted: Sequence[tuple[str, str | None]], *, due_at: Sequence[datetime], now: datetime
) -> None:
    """Invite (address, cost centre), none of them invited already; each mail goes out when it is due."""
    emails = [email for email, _ in wanted]
    is_over = or_(Invitation.expires_at <= now, Invitation.ended_at.is_not(None))
    execute(
        delete(table(Invitation)).where(Invitation.employer_id == employer.id, Invitation.email.in_(emails), is_over)
    )
    known = _known(emails)
    tokens = [secrets.token_urlsafe(32) for _ in wanted]
    facts = {"employer_id": employer.id, "kind": ADDRESS, "role": MEMBER, "most": 1, "used": 0}
    facts |= {"made_at": now, "expires_at": now + INVITATIONS_KEPT}
    rows: list[dict[str, Any]] = [
        {**facts, "email": email, "cost_centre": cost_centre, "token_digest": token_digest(token)}
        for (email, cost_centre), token in zip(wanted, tokens, strict=True)
    ]
    execute(insert(table(Invitation)), rows)
    until = queries.today(now + INVITATIONS_KEPT)
    for email, token, due in zip(emails, tokens, due_at, strict=True):
        person_id, name, language = known.get(email, (None, None, "de"))
        payload = {"employer": {"name": employer.name}, "path": f"/arbeitgeber/einladung/{token}", "date": until}
        payload |= {"email": email, "name": name or None}
        messages.write(messages.Draft("employment_offered", person_id, email, language, payload, due), now=now)


def invited_emails(employer_id: int, *, now: datetime) -> set[str]:
    """Return the addresses that have an open invitation."""
    own = (Invitation.employer_id == employer_id, Invitation.email.is_not(None))
    rows = execute(select(Invitation.email).where(*own, Invitation.ended_at.is_(None), Invitation.expires_at > now))
    return set(rows.scalars())


def member_emails(employer_id: int, *, now: datetime) -> set[str]:
    """Return the addresses that members show; their other ones are nobody's business."""
    own = (Employment.employer_id == employer_id, Employment.role == MEMBER, Employment.email.is_not(None))
    return set(execute(select(Employment.email).where(*own, *queries.holds(queries.today(now)))).scalars())


def _known(emails: Collection[str]) -> dict[str, tuple[int, str, str]]:
    rows = execute(
        select(Address.email, Person.id, Person.name, Person.language)
        .join(Person, Person.id == Address.person_id)
        .where(Address.email.in_(emails))
    )
    return {email: (person_id, name, language) for email, person_id, name, language in rows}
