"""Signing in and out, and what people change about themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from app import transaction
from app.access import SignedIn
from app.errors import NotFound
from app.extensions import db
from app.people import queries, steps
from app.people.models import Session
from app.people.queries import LONG_SESSION


@dataclass(frozen=True)
class Newcomer:
    """Somebody to be known from now on, with a proved address."""

    name: str
    email: str
    language: str = "de"


@transaction.write
def introduce(*, newcomers: Sequence[Newcomer], now: datetime) -> list[int]:
    """Make each of them a person unless the address is known already. Returns the ids in the same order."""
    return [_introduce(newcomer, now) for newcomer in newcomers]


def _introduce(newcomer: Newcomer, now: datetime) -> int:
    known = queries.find_by_email(newcomer.email)
    return known if known is not None else steps.add_person(newcomer.name, newcomer.email, newcomer.language, now=now)


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
