"""Who somebody is: by session token, by address."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.access import SignedIn
from app.extensions import db
from app.people.models import Address, Person, Session

# Whoever acts for others signs in anew every working day.
SHORT_SESSION = timedelta(hours=12)
LONG_SESSION = timedelta(days=180)
# A session is renewed by use, but writes at most once in this time.
RENEWED_EVERY = timedelta(days=1)


@dataclass(frozen=True)
class Visit:
    """A valid session, and whether it should be renewed now."""

    signed_in: SignedIn
    is_due: bool


def token_digest(token: str) -> str:
    """Return what is stored instead of a session token: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def visit(*, token: str, now: datetime) -> Visit | None:
    """Return the valid session of `token`, in one statement."""
    row = db.session.execute(
        select(
            Session.id.label("session_id"),
            Session.made_at,
            Session.seen_at,
            Person.id.label("person_id"),
            Person.public_id,
            Person.name,
            Person.language,
            Person.version,
            Person.acts_for_others,
        )
        .join(Person, Person.id == Session.person_id)
        .where(Session.digest == token_digest(token), Session.expires_at > now)
    ).one_or_none()
    # Somebody may have begun to act for others while the long session of a commuter was open.
    if row is None or (row.acts_for_others and now >= row.made_at + SHORT_SESSION):
        return None
    signed_in = SignedIn(
        session_id=row.session_id,
        person_id=row.person_id,
        public_id=str(row.public_id),
        name=row.name,
        language=row.language,
        version=row.version,
        token=token,
    )
    return Visit(signed_in, is_due=not row.acts_for_others and now >= row.seen_at + RENEWED_EVERY)


def signed_in(*, token: str, now: datetime) -> SignedIn | None:
    """Return the person behind a session token."""
    found = visit(token=token, now=now)
    return found.signed_in if found else None


def find_by_email(email: str) -> int | None:
    """Return the id of the person who has proved this address."""
    statement = select(Address.person_id).where(Address.email == email.strip().lower())
    return db.session.execute(statement).scalar_one_or_none()
