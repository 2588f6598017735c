"""Letting go: of a person, of what was mended long ago, of offers that were decided long ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Delete, Update, delete, select, update

from app.extensions import db
from app.spaces.models import Application, Closure, Defect, Door, Host, Hours, Operator, Photo, Seat, Space

# A defect that is settled, and who had reported one, settled or not.
DEFECTS_KEPT = REPORTER_KEPT = timedelta(days=90)
# An offer after its decision: long enough to read why it was declined, and to offer again.
OFFERS_KEPT = timedelta(days=180)


def forget(person_id: int) -> None:
    """Take a person out of what they offered and found broken; offers that led to nothing go with all they told.

    That a socket is broken stays true; a picture of it may show more than the socket, so it goes.
    """
    mine = Application.person_id == person_id
    _delete_offers(mine, Application.state != "approved")
    for statement in (
        update(Application).where(mine).values(person_id=None, note=None, question=None),
        update(Defect).where(Defect.person_id == person_id).values(person_id=None, photo=None),
    ):
        _change(statement)


def sweep(*, now: datetime, limit: int) -> int:
    """Delete at most `limit` of each: defects settled long ago, and offers decided long ago.

    A place that was declined goes with its offer, and so does an operator that came with it and runs nothing else;
    one that was approved stays, and what its applicant wrote goes. Returns the most of a kind.
    """
    settled = select(Defect.id).where(Defect.settled_at < now - DEFECTS_KEPT).order_by(Defect.id).limit(limit)
    named = select(Defect.id).where(Defect.person_id.is_not(None), Defect.made_at < now - REPORTER_KEPT)
    mended = _change(delete(Defect).where(Defect.id.in_(settled)))
    unnamed = _change(
        update(Defect).where(Defect.id.in_(named.order_by(Defect.id).limit(limit))).values(person_id=None)
    )
    old = select(Application.id).where(Application.decided_at < now - OFFERS_KEPT).order_by(Application.id).limit(limit)
    return max(mended, unnamed, _delete_offers(Application.id.in_(old)))


def _delete_offers(*which: ColumnElement[bool]) -> int:
    """Delete applications; where a place is public by now, nothing but its application."""
    found = select(Application.id, Space.id, Space.operator_id, Space.state).join(
        Space, Space.id == Application.space_id
    )
    offers = db.session.execute(found.where(*which)).all()
    if not offers:
        return 0
    ids, places, operators, states = zip(*offers, strict=True)
    hidden = [place for place, state in zip(places, states, strict=True) if state == "applied"]
    _change(delete(Application).where(Application.id.in_(ids)))
    # Nobody ever acted there, but a file that was read in may have named it.
    for model in (Hours, Closure, Photo, Seat, Door, Defect, Host):
        _change(delete(model).where(model.space_id.in_(hidden)))
    _change(delete(Space).where(Space.id.in_(hidden)))
    is_idle = (
        Operator.id.in_({operator for operator, state in zip(operators, states, strict=True) if state == "applied"}),
        ~select(Space.id).where(Space.operator_id == Operator.id).exists(),
        ~select(Host.id).where(Host.operator_id == Operator.id).exists(),
    )
    _change(delete(Operator).where(*is_idle))
    return len(offers)


def _change(statement: Update | Delete) -> int:
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", done).rowcount
