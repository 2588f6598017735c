"""Say who acts for the county or for a town."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app import transaction
from app.audit import steps as audit
from app.errors import N_, DomainError
from app.extensions import db
from app.places import queries, steps
from app.places.models import Officer


class TownMissing(DomainError):
    """There is no town of that key, or no county yet."""

    code = "town_missing"
    status = 404
    message = N_("Diese Kommune kennen wir nicht. Lies zuerst die Datei des Kreises ein: flask spaces import DATEI.")


@transaction.write
def appoint_officer(*, email: str, ags: str | None, now: datetime) -> bool:
    """Let the person at `email` act for the town with key `ags`, or for the county. Returns whether that is new.

    Refuses: `TownMissing`, `InvalidInput` when `email` is no address.
    """
    town = queries.town_by_ags(ags) if ags is not None else next(iter(queries.counties()), None)
    if town is None:
        raise TownMissing
    person_id = steps.somebody_who_acts(email, now=now)
    mine = select(Officer.id).where(Officer.person_id == person_id, Officer.town_id == town.id)
    if db.session.scalar(mine) is not None:
        return False
    db.session.add(Officer(person_id=person_id, town_id=town.id, made_at=now))
    detail = {"person": person_id}
    audit.record(actor="shell", action="appoint_officer", subject=("town", town.ags), detail=detail, now=now)
    return True
