"""Signing in and out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from app import transaction
from app.access import SignedIn
from app.errors import Busy, DomainError, NotFound
from app.extensions import db
from app.messages import steps as messages
from app.people import forms, queries, steps
from app.people.models import Person, Session
from app.people.queries import LONG_SESSION


@dataclass(frozen=True)
class Newcomer:
    """Somebody to be known from now on, with a proved address."""

    name: str
    email: str
    language: str = "de"


@dataclass(frozen=True)
class Visitor:
    """What the browser says about itself; a newcomer gets the language that the page was shown in."""

    browser: str
    language: str


@transaction.write
def introduce(*, newcomers: Sequence[Newcomer], now: datetime) -> list[int]:
    """Make each of them a person unless the address is known already. Returns the ids in the same order."""
    return [_introduce(newcomer, now) for newcomer in newcomers]


def _introduce(newcomer: Newcomer, now: datetime) -> int:
    known = queries.find_by_email(newcomer.email)
    return known if known is not None else steps.add_person(newcomer.name, newcomer.email, newcomer.language, now=now)


@transaction.write
def send_code(*, email: str, browser: str, language: str, secret: str, now: datetime) -> None:
    """Send a sign-in code to an address, good in the browser of that random id only.

    The same happens whether or not the address is known. Refuses: `InvalidInput`, `TooManyCodes`, `TooManyAskers`.
    """
    address = forms.email(email)
    code = steps.issue_code(address, person_id=None, browser=browser, secret=secret, now=now)
    person_id = queries.find_by_email(address)
    known = db.session.execute(select(Person.name, Person.language).where(Person.id == person_id)).one_or_none()
    messages.write(
        messages.Draft(
            kind="sign_in_code",
            person_id=person_id,
            to=address,
            language=known.language if known else language,
            payload={"name": known.name if known else None, "code": code, "minutes": steps.CODE_MINUTES},
        ),
        now=now,
    )


@transaction.write
def sign_in(*, proof: steps.Proof, visitor: Visitor, now: datetime) -> SignedIn | DomainError:
    """Sign in whoever proves an address by the newest code of this browser; a new address becomes a new person.

    1. The try counts, right or wrong, so these refusals are returned and committed: `WrongCode`, `CodeSpent`,
       `AskedElsewhere`.
    2. The person is found, or made without a name.
    3. A session of its own begins; its token is in the answer.

    Refuses: `InvalidInput`; `Busy` when the same new address was proved twice in the same moment.
    """
    typed = forms.proof(proof)
    refusal = steps.try_code(typed, person_id=None, now=now)
    if refusal is not None:
        return refusal
    person_id = queries.find_by_email(typed.email)
    if person_id is None:
        try:
            person_id = steps.add_person("", typed.email, visitor.language, now=now)
        except steps.AddressTaken as error:
            raise Busy from error
    return steps.open_session(person_id, browser=visitor.browser, now=now)


@transaction.write
def begin_session(*, email: str, browser: str, now: datetime) -> SignedIn:
    """Sign in whoever owns an address, without asking for a code: the demo's door. Refuses: `NotFound`."""
    person_id = queries.find_by_email(email)
    if person_id is None:
        raise NotFound
    return steps.open_session(person_id, browser=browser, now=now)


@transaction.write
def renew_session(*, session_id: int, now: datetime) -> None:
    """Let a session that is in use last for another 180 days."""
    db.session.execute(
        update(Session)
        .where(Session.id == session_id)
        .values(seen_at=now, expires_at=now + LONG_SESSION)
        .execution_options(synchronize_session=False)
    )


@transaction.write
def sign_out(*, session_id: int) -> None:
    """End a session. One that has ended before is fine too."""
    db.session.execute(delete(Session).where(Session.id == session_id).execution_options(synchronize_session=False))
