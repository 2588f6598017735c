"""Codes that prove an address: eight digits by mail, valid for ten minutes and five tries."""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.errors import N_, DomainError
from app.extensions import db
from app.people.models import SignInCode
from app.people.queries import TRIES

CODE_MINUTES = 10

CODES_PER_HOUR = 5
HOUR = timedelta(hours=1)


class TooManyCodes(DomainError):
    """An address gets five codes an hour, whoever asks: guessing must not be helped by asking again."""

    code = "too_many_codes"
    status = 429
    message = N_(
        "An diese Adresse gingen schon 5 Codes in einer Stunde. Nimm den Code aus der neuesten Mail oder warte "
        "{minutes} Minuten."
    )


class WrongCode(DomainError):
    """The digits are not those of the newest code; `left` tries remain."""

    code = "wrong_code"
    status = 422
    message = N_("Dieser Code stimmt nicht. Vergleich ihn mit der neuesten Mail von uns.")


class CodeSpent(DomainError):
    """The newest code is used, too old, or was tried too often."""

    code = "code_spent"
    status = 422
    message = N_("Dieser Code gilt nicht mehr. Lass dir einen neuen schicken.")


@dataclass(frozen=True)
class Proof:
    """What somebody typed to prove an address. `secret` keys the digests of codes."""

    email: str
    code: str
    secret: str


def issue_code(email: str, *, person_id: int | None, secret: str, now: datetime) -> str:
    """Store a new code for an address and return its digits. Refuses: `TooManyCodes`.

    With `person_id` the code adds the address to that person and signs nobody in. Of two requests at the same
    moment one takes the number; the other one finds it taken, and counts again.
    """
    code = f"{secrets.randbelow(10**8):08d}"
    make = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    row = {
        "email": email,
        "person_id": person_id,
        "digest": _digest(secret, email, person_id, code),
        "made_at": now,
        "expires_at": now + timedelta(minutes=CODE_MINUTES),
        "tries": 0,
    }
    while True:
        number = _next_number(email, now)
        statement = make(SignInCode).values(row | {"number": number}).on_conflict_do_nothing()
        if db.session.execute(statement.returning(SignInCode.id)).scalar_one_or_none() is not None:
            return code


def _next_number(email: str, now: datetime) -> int:
    is_recent = SignInCode.made_at > now - HOUR
    found = db.session.execute(
        select(
            func.coalesce(func.max(SignInCode.number), 0).label("last"),
            func.count(case((is_recent, 1))).label("recent"),
            func.min(case((is_recent, SignInCode.made_at))).label("first"),
        ).where(SignInCode.email == email)
    ).one()
    if found.recent >= CODES_PER_HOUR:
        raise TooManyCodes(minutes=math.ceil((found.first + HOUR - now) / timedelta(minutes=1)))
    return int(found.last) + 1


def try_code(proof: Proof, *, person_id: int | None, now: datetime) -> DomainError | None:
    """Try a code against the newest one of its address, and use it up when it is right.

    A refusal is returned instead of raised, because the try must be committed to count. Counting and checking is
    one statement: guesses at the same time cannot all see the same number of tries.
    """
    newest = (
        select(SignInCode.id)
        .where(SignInCode.email == proof.email, SignInCode.person_id.is_not_distinct_from(person_id))
        .order_by(SignInCode.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    counted = db.session.execute(
        update(SignInCode)
        .where(
            SignInCode.id == newest,
            SignInCode.tries < TRIES,
            SignInCode.used_at.is_(None),
            SignInCode.expires_at > now,
        )
        .values(tries=SignInCode.tries + 1)
        .returning(SignInCode.id, SignInCode.digest, SignInCode.tries)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if counted is None:
        return CodeSpent()
    if not hmac.compare_digest(counted.digest, _digest(proof.secret, proof.email, person_id, proof.code)):
        return WrongCode(left=TRIES - counted.tries) if counted.tries < TRIES else CodeSpent()
    db.session.execute(
        update(SignInCode)
        .where(SignInCode.id == counted.id)
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    return None


def _digest(secret: str, email: str, person_id: int | None, code: str) -> str:
    """Without the key, eight digits would be found again by trying all of them."""
    text = f"sign-in code|{email}|{person_id or ''}|{code}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
