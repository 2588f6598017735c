"""The sign at the door and its successor."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, func, or_, select, update

from app.checkins import codes
from app.checkins.models import Display, Sign
from app.checkins.queries import SignFacts
from app.errors import NotFound
from app.extensions import db
from app.spaces.models import Space


def new_sign(space_id: int, now: datetime) -> SignFacts:
    """Give a space its next sign. The old one keeps its row, so that scans of it are still understood.

    Refuses: `NotFound` when there is no such space.
    """
    # Raising the version tells phones to fetch the new sign, and makes two replacements wait for each other.
    raised = db.session.execute(update(Space).where(Space.id == space_id).values(version=Space.version + 1))
    if raised.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound
    db.session.execute(
        update(Sign).where(Sign.space_id == space_id, Sign.replaced_at.is_(None)).values(replaced_at=now)
    )
    last = db.session.scalar(select(func.max(Sign.epoch)).where(Sign.space_id == space_id)) or 0
    code = unused_code()
    sign = Sign(space_id=space_id, epoch=last + 1, code=code, short_code=codes.short(code), made_at=now)
    db.session.add(sign)
    db.session.flush()
    return SignFacts(sign.id, space_id, sign.epoch, code, sign.short_code, now, None)


def unused_code() -> str:
    """Draw a code that no sign and no display has.

    Chance hardly ever draws one twice, but the short form has only 40 bits and must never name two spaces.
    """
    while True:
        code = codes.draw()
        taken = exists().where(or_(Sign.code == code, Sign.short_code == codes.short(code)))
        shown = exists().where(Display.code == code)
        if not db.session.scalar(select(or_(taken, shown))):
            return code
