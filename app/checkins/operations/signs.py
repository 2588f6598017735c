"""Signs at doors."""

from __future__ import annotations

from datetime import datetime

from app import transaction
from app.audit import steps as audit
from app.checkins import queries, steps
from app.checkins.queries import SignFacts
from app.spaces import queries as spaces


@transaction.write
def post_sign(*, space_id: int, now: datetime) -> SignFacts:
    """Return the sign that hangs at a space, making the first one when there is none. Refuses: `NotFound`."""
    return queries.sign_of(space_id) or _new_sign(space_id, now, "shell")


@transaction.write
def replace_sign(*, space_id: int, now: datetime, actor: str = "shell") -> SignFacts:
    """Give a space another sign, for instance because its code was copied. Refuses: `NotFound`."""
    return _new_sign(space_id, now, actor)


def _new_sign(space_id: int, now: datetime, actor: str) -> SignFacts:
    sign = steps.new_sign(space_id, now)
    detail = {"epoch": sign.epoch}
    subject = ("space", spaces.slug_of(space_id))
    audit.record(actor=actor, action="new_sign", subject=subject, detail=detail, now=now)
    return sign
