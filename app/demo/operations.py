"""What the demo adds itself; everything else goes through the operations of the packages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, update

from app import transaction
from app.checkins import queries as checkins
from app.checkins import steps as signs
from app.employers.models import AGENT, MEMBER, Employer, Employment
from app.extensions import db, execute, table
from app.places import steps as places
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
def add_employer(
    *, facts: Mapping[str, Any], members: Mapping[int, str], agent: str, starts_on: date, now: datetime
) -> int:
    """Make an employer where `members` work (address by id) and the person at `agent` acts. Returns its id."""
    employers, employments = table(Employer), table(Employment)
    values = {**facts, "made_at": now}
    employer_id: int = execute(insert(employers).values(values).returning(employers.c.id)).scalar_one()
    dated = {"employer_id": employer_id, "starts_on": starts_on, "made_at": now}
    execute(
        insert(employments),
        [{**dated, "role": MEMBER, "person_id": key, "email": email} for key, email in members.items()],
    )
    acting = places.somebody_who_acts(agent, now=now)
    execute(insert(employments).values(**dated, role=AGENT, person_id=acting))
    return employer_id
