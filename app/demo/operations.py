"""What the demo adds itself; everything else goes through the operations of the packages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from app import transaction
from app.checkins import queries as checkins
from app.checkins import steps as signs
from app.extensions import db
from app.spaces import queries as spaces
from app.spaces.models import Space


@transaction.write
def post_signs(*, now: datetime) -> int:
    """Give every bookable space a sign that has none yet. Returns how many."""
    without = [space for space in spaces.directory().bookable if checkins.sign_of(space.id) is None]
    for space in without:
        signs.new_sign(space.id, now)
    return len(without)


@transaction.write
def mark_sample(*, slug: str) -> None:
    """Let a space be shown as invented."""
    db.session.execute(update(Space).where(Space.slug == slug).values(is_sample=True, version=Space.version + 1))
