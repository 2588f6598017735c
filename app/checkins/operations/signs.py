"""Signs at doors."""

from __future__ import annotations

from datetime import datetime

from app import transaction
from app.checkins import queries, steps
from app.checkins.queries import SignFacts


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
    steps.note(space_id, action="new_sign", detail={"epoch": sign.epoch}, actor=actor, now=now)
    return sign
