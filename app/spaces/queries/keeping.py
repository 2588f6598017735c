"""What hosts and officers see of a space beside what is public."""

from __future__ import annotations

from sqlalchemy import select

from app.extensions import db
from app.spaces.models import Host, Operator, Seat, Space

# What the fact sheet tells; each is "yes", "no" or missing, and may have a note under its name with "_note".
SAFETY = (
    "desk",
    "chair",
    "screen",
    "light",
    "first_aid",
    "fire_extinguisher",
    "escape_plan",
    "wifi",
    "phone_booth",
)


def kept_space(space_id: int) -> Space:
    """Return all that is stored about a space."""
    return db.session.scalars(select(Space).where(Space.id == space_id)).one()


def operator(operator_id: int | None) -> Operator | None:
    """Return all that is stored about an operator."""
    return db.session.scalars(select(Operator).where(Operator.id == operator_id)).one_or_none()


def own_operators(person_id: int) -> list[Operator]:
    """Return the operators that somebody acts for, by name."""
    mine = select(Host.operator_id).where(Host.person_id == person_id)
    return list(db.session.scalars(select(Operator).where(Operator.id.in_(mine)).order_by(Operator.name)))


def acts_for_operator(person_id: int, operator_id: int | None) -> bool:
    """Whether somebody acts for the operator with all its spaces; without an operator nobody does."""
    if operator_id is None:
        return False
    found = select(Host.id).where(Host.person_id == person_id, Host.operator_id == operator_id)
    return db.session.scalar(found) is not None


def seats(space_id: int) -> list[Seat]:
    """Return all seats of a space: those on offer in the order in which they are offered, then the retired ones."""
    order = (Seat.retired_on.is_not(None), Seat.kind != "desk", Seat.rank, Seat.number)
    return list(db.session.scalars(select(Seat).where(Seat.space_id == space_id).order_by(*order)))
