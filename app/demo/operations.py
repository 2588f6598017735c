"""What the demo adds itself; everything else goes through the operations of the packages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import insert, update

from app import transaction
from app.checkins import queries as checkins
from app.checkins import steps as signs
from app.employers.models import MEMBER, Employer, Employment
from app.extensions import db, execute, table
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


@transaction.write
def add_employer(*, slug: str, name: str, members: Sequence[int], starts_on: date, now: datetime) -> int:
    """Make an employer where these people work. Returns its id."""
    employers, employments = table(Employer), table(Employment)
    facts = {"slug": slug, "name": name, "made_at": now}
    employer_id: int = execute(insert(employers).values(facts).returning(employers.c.id)).scalar_one()
    works_there = {"employer_id": employer_id, "role": MEMBER, "starts_on": starts_on, "made_at": now}
    execute(insert(employments), [{**works_there, "person_id": person_id} for person_id in members])
    return employer_id
