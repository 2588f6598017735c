"""Say who looks after which space."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app import transaction
from app.audit import steps as audit
from app.errors import N_, DomainError
from app.extensions import db
from app.places import steps as places
from app.spaces.models import Host, Operator


class UnknownOperator(DomainError):
    """There is no operator of that slug."""

    code = "unknown_operator"
    status = 404
    message = N_("Einen Betreiber {slug} kennen wir nicht. Bekannt sind: {known}.")


@transaction.write
def appoint_host(*, email: str, operator: str, now: datetime) -> bool:
    """Let the person at `email` act for all spaces of an operator. Returns whether that is new.

    Refuses: `UnknownOperator`, `InvalidInput` when `email` is no address.
    """
    ids = {known.slug: known.id for known in db.session.scalars(select(Operator))}
    if operator not in ids:
        raise UnknownOperator(slug=operator, known=", ".join(sorted(ids)) or "–")
    person_id = places.somebody_who_acts(email, now=now)
    mine = select(Host.id).where(Host.person_id == person_id, Host.operator_id == ids[operator])
    if db.session.scalar(mine) is not None:
        return False
    db.session.add(Host(person_id=person_id, operator_id=ids[operator], made_at=now))
    detail = {"person": person_id}
    audit.record(actor="shell", action="appoint_host", subject=("operator", operator), detail=detail, now=now)
    return True
