"""Who somebody is: by session token, by address."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select

from app.access import SignedIn
from app.extensions import db, table, unless_changed
from app.people.models import Address, Person, Session, SignInCode
from app.statements import Prepared

# Whoever acts for others signs in anew every working day.
SHORT_SESSION = timedelta(hours=12)
LONG_SESSION = timedelta(days=180)
# A session is renewed by use, but writes at most once in this time.
RENEWED_EVERY = timedelta(days=1)
# How often a code may be tried.
TRIES = 5


@dataclass(frozen=True)
class Visit:
    """A valid session, and whether it should be renewed now."""

    signed_in: SignedIn
    is_due: bool


def token_digest(token: str) -> str:
    """Return what is stored instead of a session token: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


# Asked by every request, so put together once: composing a statement costs more than running it.
_sessions, _people = table(Session).c, table(Person).c
_VISIT = Prepared(
    select(
        _sessions.id.label("session_id"),
        _sessions.made_at,
        _sessions.seen_at,
        _sessions.expires_at,
        _people.id.label("person_id"),
        _people.public_id,
        _people.name,
        _people.language,
        _people.version,
        _people.acts_for_others,
    )
    .join_from(table(Session), table(Person), _people.id == _sessions.person_id)
    .where(_sessions.digest == bindparam("digest"))
)


def visit(*, token: str, now: datetime) -> Visit | None:
    """Return the valid session of `token`, in one statement."""
    digest = token_digest(token)
    row = unless_changed(("visit", digest), lambda: _VISIT.row({"digest": digest}))
    if row is None or now >= row.expires_at:
        return None
    # Somebody may have begun to act for others while the long session of a commuter was open.
    if row.acts_for_others and now >= row.made_at + SHORT_SESSION:
        return None
    signed_in = SignedIn(
        session_id=row.session_id,
        person_id=row.person_id,
        public_id=str(row.public_id),
        name=row.name,
        language=row.language,
        version=row.version,
        token=token,
        acts_for_others=row.acts_for_others,
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


@dataclass(frozen=True)
class AddressFacts:
    """A proved address of a person."""

    id: int
    email: str


def addresses(person_id: int) -> list[AddressFacts]:
    """Return a person's addresses, oldest first."""
    rows = db.session.execute(
        select(Address.id, Address.email).where(Address.person_id == person_id).order_by(Address.id)
    )
    return [AddressFacts(row.id, row.email) for row in rows]


def pending_email(person_id: int, now: datetime) -> str | None:
    """Return the address that waits for the code which adds it to the person, if there is one."""
    newest = db.session.execute(
        select(SignInCode).where(SignInCode.person_id == person_id).order_by(SignInCode.id.desc()).limit(1)
    ).scalar_one_or_none()
    if newest is None or newest.used_at is not None or newest.expires_at <= now or newest.tries >= TRIES:
        return None
    return newest.email


def sessions(person_id: int, now: datetime) -> int:
    """Return in how many browsers a person is signed in."""
    valid = (Session.person_id == person_id, Session.expires_at > now)
    return db.session.execute(select(func.count()).where(*valid)).scalar_one()


def names(person_ids: Collection[int]) -> dict[int, str]:
    """Return how these people want to be called, by id."""
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {row.id: row.name for row in rows}


@dataclass(frozen=True)
class Reached:
    """A person and the first of their addresses, where messages go."""

    id: int
    name: str
    language: str
    email: str


def reached(person_ids: Collection[int]) -> list[Reached]:
    """Return those of these people who have an address, by id."""
    first = select(func.min(Address.id)).where(Address.person_id.in_(person_ids)).group_by(Address.person_id)
    columns = (Person.id, Person.name, Person.language, Address.email)
    joined = select(*columns).join(Address, Address.person_id == Person.id).where(Address.id.in_(first))
    return [Reached(*row) for row in db.session.execute(joined.order_by(Person.id))]
