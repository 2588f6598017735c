"""Codes that prove an address: eight digits by mail, valid for ten minutes and five tries, for who asked for them."""

from __future__ import annotations

import hashlib
import hmac
import math
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.errors import N_, DomainError, InvalidInput
from app.extensions import db
from app.people.models import SignInCode
from app.people.queries import TRIES
from app.people.steps.refusals import AskedElsewhere, CodeSpent, TooManyAskers, TooManyCodes, WrongCode, WrongCodeHere

CODE_MINUTES = 10

# Of one asker, so that strangers do not use up somebody's codes; of all, so that no mailbox is flooded.
CODES_PER_HOUR, CODES_OF_ALL = 5, 30
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Proof:
    """What somebody typed to prove an address, and where: `browser` is the random id in its cookie.

    `secret` keys the digests of codes. A person adding an address may type the code in any browser and needs no id.
    """

    email: str
    code: str
    secret: str
    browser: str = ""


def issue_code(email: str, *, person_id: int | None, secret: str, now: datetime, browser: str = "") -> str:
    """Store a new code for an address and return its digits. Refuses: `TooManyCodes`, `TooManyAskers`.

    With `person_id` the code adds the address to that person and signs nobody in; else it signs in the browser of
    that random id. Of two requests at the same moment one takes the number; the other one finds it taken, and counts
    again.
    """
    asker = _asker(secret, email, person_id, browser)
    code = f"{secrets.randbelow(10**8):08d}"
    make = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    row = {
        "email": email,
        "person_id": person_id,
        "asker": asker,
        "digest": _digest(secret, email, person_id, code),
        "made_at": now,
        "expires_at": now + timedelta(minutes=CODE_MINUTES),
        "tries": 0,
    }
    while True:
        number = _next_number(email, asker, now)
        statement = make(SignInCode).values(row | {"number": number}).on_conflict_do_nothing()
        if db.session.execute(statement.returning(SignInCode.id)).scalar_one_or_none() is not None:
            return code


def _next_number(email: str, asker: str, now: datetime) -> int:
    is_recent = SignInCode.made_at > now - HOUR
    is_own = is_recent & (SignInCode.asker == asker)
    found = db.session.execute(
        select(
            func.coalesce(func.max(SignInCode.number), 0).label("last"),
            func.count(case((is_recent, 1))).label("recent"),
            func.min(case((is_recent, SignInCode.made_at))).label("first"),
            func.count(case((is_own, 1))).label("own"),
            func.min(case((is_own, SignInCode.made_at))).label("first_own"),
        ).where(SignInCode.email == email)
    ).one()
    if found.recent >= CODES_OF_ALL:
        raise TooManyAskers(minutes=_minutes(found.first + HOUR - now))
    if found.own >= CODES_PER_HOUR:
        raise TooManyCodes(minutes=_minutes(found.first_own + HOUR - now))
    return int(found.last) + 1


def _minutes(wait: timedelta) -> int:
    return math.ceil(wait / timedelta(minutes=1))


def try_code(proof: Proof, *, person_id: int | None, now: datetime) -> DomainError | None:
    """Try a code against the newest one that the asker has for the address, and use it up when it is right.

    A refusal is returned instead of raised, because the try must be committed to count. Counting and checking is
    one statement: guesses at the same time cannot all see the same number of tries.
    """
    asker = _asker(proof.secret, proof.email, person_id, proof.browser)
    newest = (
        select(SignInCode.id)
        .where(SignInCode.email == proof.email, SignInCode.asker == asker)
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
        has_asked = person_id is not None or db.session.execute(select(newest)).scalar_one() is not None
        return CodeSpent() if has_asked else AskedElsewhere()
    if not hmac.compare_digest(counted.digest, _digest(proof.secret, proof.email, person_id, proof.code)):
        wrong = WrongCodeHere if person_id is None else WrongCode
        return wrong(left=TRIES - counted.tries) if counted.tries < TRIES else CodeSpent()
    db.session.execute(
        update(SignInCode)
        .where(SignInCode.id == counted.id)
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    return None


def read_code(text: str) -> str:
    """Read the eight digits from a mail; spaces and hyphens do not matter. Refuses: `InvalidInput`."""
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]{8}", digits):
        raise InvalidInput({"code": N_("Der Code hat 8 Ziffern. Er steht in der Mail, die wir dir geschickt haben.")})
    return digits


def _asker(secret: str, email: str, person_id: int | None, browser: str) -> str:
    """Name who may type a code. With the address in it, nobody sees for which others the same browser has asked."""
    who = f"browser|{browser}" if person_id is None else f"person|{person_id}"
    return hmac.new(secret.encode(), f"asker|{email}|{who}".encode(), hashlib.sha256).hexdigest()


def _digest(secret: str, email: str, person_id: int | None, code: str) -> str:
    """Without the key, eight digits would be found again by trying all of them."""
    text = f"sign-in code|{email}|{person_id or ''}|{code}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
