"""Change what is known about a space and its operator. Everything unknown is None."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app import transaction
from app.audit import steps as audit
from app.errors import N_, DomainError
from app.extensions import db
from app.spaces import steps
from app.spaces.models import Operator
from app.spaces.queries import hosting, keeping
from app.spaces.queries.directory import UnknownSpace


@dataclass(frozen=True)
class PlaceDraft:
    """What a host says about a place. Position in degrees (WGS 84), both or none."""

    name: str
    address: str | None
    plz: str | None
    lat: float | None
    lon: float | None
    offer: str | None
    arrival: str | None
    phone: str | None
    url: str | None
    stop: str | None
    bike_box: str | None
    equipment: list[str]


@dataclass(frozen=True)
class OperatorDraft:
    """What invoices need to know about the legal body behind a space. IBAN and ids are written without spaces.

    `desk_vat` and `room_vat`: a word of `spaces.models`, None = not said yet.
    """

    legal_name: str
    address: str
    plz: str
    town: str
    email: str
    phone: str | None
    tax_id: str | None
    vat_id: str | None
    iban: str | None
    desk_vat: str | None
    room_vat: str | None


class WithoutOperator(DomainError):
    """Nobody is known who runs the space."""

    code = "without_operator"
    message = N_("Zu diesem Ort kennen wir noch keinen Betreiber. Die Fachstelle des Kreises trägt ihn ein.")


@transaction.write
def change_place(*, slug: str, person_id: int, draft: PlaceDraft, now: datetime) -> bool:
    """Change what everybody reads about a space. Returns whether anything is different.

    Refuses: `UnknownSpace`.
    """
    kept = steps.lock_hosted(slug, person_id)
    before = _change(kept.space, asdict(draft))
    if not before:
        return False
    after = {name: getattr(kept.space, name) for name in before}
    steps.write_down(kept, "change_place", {"before": before, "after": after}, now=now)
    return True


def _change(row: Any, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Set what differs. Returns what stood there before."""
    before = {name: getattr(row, name) for name, value in facts.items() if getattr(row, name) != value}
    for name in before:
        setattr(row, name, facts[name])
    return before


@transaction.write
def change_operator(*, slug: str, person_id: int, draft: OperatorDraft, now: datetime) -> bool:
    """Change what is known about the operator of a space. Returns whether anything is different.

    The audit says which facts changed and not what they are: a bank account concerns fewer people than the audit.

    Refuses: `UnknownSpace`, also for somebody who acts for the space only; `WithoutOperator`.
    """
    found = hosting.hosted_space(person_id, slug)
    if found.operator_id is None:
        raise WithoutOperator
    if not keeping.acts_for_operator(person_id, found.operator_id):
        raise UnknownSpace
    operator = db.session.scalars(
        select(Operator)
        .where(Operator.id == found.operator_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    before = _change(operator, asdict(draft))
    if not before:
        return False
    db.session.flush()
    detail = {"fields": sorted(before)}
    subject, actor = ("operator", operator.slug), steps.public_id(person_id)
    audit.record(actor=actor, action="change_operator", subject=subject, detail=detail, now=now)
    return True


@transaction.write
def change_safety(
    *, slug: str, person_id: int, facts: Mapping[str, str], checked_on: date | None, now: datetime
) -> bool:
    """Change the fact sheet of a space; what is missing is unknown. Returns whether anything is different.

    Refuses: `UnknownSpace`.
    """
    kept = steps.lock_hosted(slug, person_id)
    before = _change(kept.space, {"safety": dict(facts), "safety_checked_on": checked_on})
    if not before:
        return False
    steps.write_down(kept, "change_safety", {"facts": sorted(facts)}, now=now)
    return True
