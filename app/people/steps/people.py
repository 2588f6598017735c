"""Locking people, adding them, signing them in."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from app import transaction
from app.access import SignedIn
from app.errors import N_, DomainError, NotFound
from app.extensions import db, table
from app.people.models import Address, Person, Session
from app.people.queries import LONG_SESSION, SHORT_SESSION, token_digest
from app.statements import Prepared


class AddressTaken(DomainError):
    """The address signs somebody else in."""

    code = "address_taken"
    message = N_("Diese Adresse gehört schon zu einem anderen Konto. Entfern sie zuerst dort oder nimm eine andere.")


@dataclass(frozen=True)
class LockedPerson:
    """A person whose row is locked until the transaction ends. `email` is the first address."""

    id: int
    public_id: str
    name: str
    language: str
    email: str | None


# Part of every booking, so put together once. The address is asked by the id given, not by the row's: RETURNING names
# columns without their table on SQLite, and inside the subquery a bare `id` would be the address's own.
_people, _addresses = table(Person).c, table(Address).c
_LOCK = Prepared(
    update(table(Person))
    .where(_people.id == bindparam("person"))
    .values(version=_people.version + 1)
    .returning(
        _people.public_id,
        _people.name,
        _people.language,
        select(_addresses.email)
        .where(_addresses.person_id == bindparam("person"))
        .order_by(_addresses.id)
        .limit(1)
        .scalar_subquery()
        .label("email"),
    )
)


def lock(person_id: int) -> LockedPerson:
    """Lock a person and raise the version of what their phone shows, in one statement. Refuses: `NotFound`."""
    row = _LOCK.row({"person": person_id})
    if row is None:
        raise NotFound
    return LockedPerson(person_id, str(row.public_id), row.name, row.language, row.email)


def touch(person_ids: Collection[int]) -> None:
    """Lock several people, in ascending order, and raise their versions."""
    chosen = Person.id.in_(person_ids)
    db.session.execute(select(Person.id).where(chosen).order_by(Person.id).with_for_update()).all()
    db.session.execute(
        update(Person).where(chosen).values(version=Person.version + 1).execution_options(synchronize_session=False)
    )


def add_person(name: str, email: str, language: str, *, now: datetime) -> int:
    """Add a person with one proved address and return the id."""
    added = db.session.execute(
        insert(Person).values(name=name, language=language, made_at=now).returning(Person.id)
    ).scalar_one()
    add_address(added, email, now=now)
    return added


def add_address(person_id: int, email: str, *, now: datetime) -> None:
    """Let an address sign a person in. Refuses: `AddressTaken`."""
    row = {"person_id": person_id, "email": email.strip().lower(), "verified_at": now}
    try:
        db.session.execute(insert(Address).values(row))
    except IntegrityError as error:
        if transaction.violated(error) == "uq_addresses_email":
            raise AddressTaken from error
        raise


def open_session(person_id: int, *, browser: str, now: datetime) -> SignedIn:
    """Begin a session of somebody who has just proved an address. The token is in the answer and stored nowhere."""
    person = db.session.execute(
        select(Person.public_id, Person.name, Person.language, Person.version, Person.acts_for_others).where(
            Person.id == person_id
        )
    ).one()
    token = secrets.token_urlsafe(32)
    session_id = db.session.execute(
        insert(Session)
        .values(
            person_id=person_id,
            digest=token_digest(token),
            browser=browser[:60],
            made_at=now,
            seen_at=now,
            expires_at=now + (SHORT_SESSION if person.acts_for_others else LONG_SESSION),
        )
        .returning(Session.id)
    ).scalar_one()
    return SignedIn(
        session_id=session_id,
        person_id=person_id,
        public_id=str(person.public_id),
        name=person.name,
        language=person.language,
        version=person.version,
        token=token,
        acts_for_others=person.acts_for_others,
    )
