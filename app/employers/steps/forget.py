"""Letting go: of a person, and of what is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Delete, delete, or_, select

from app.employers import queries
from app.employers.models import AddressList, Employment, Invitation
from app.extensions import db
from app.people.queries import addresses

# An invitation that nobody answers, and the employment of somebody who has left.
INVITATIONS_KEPT, EMPLOYMENTS_KEPT = timedelta(days=30), timedelta(days=180)
# A list of addresses that was uploaded and not confirmed.
LISTS_KEPT = timedelta(days=1)


def forget(person_id: int) -> None:
    """Take a person's addresses out of invitations and of lists that wait; employments go with the person."""
    emails = {address.email for address in addresses(person_id)}
    _change(delete(Invitation).where(Invitation.email.in_(emails)))
    for row in db.session.scalars(select(AddressList).where(AddressList.done < AddressList.total).with_for_update()):
        if any(line.split("\t")[1] in emails for line in row.lines):
            # The line stays as one that invites nobody, so that the count of what is done still fits.
            row.lines = [line if line.split("\t")[1] not in emails else _emptied(line) for line in row.lines]
    db.session.flush()


def _emptied(line: str) -> str:
    return line.split("\t", maxsplit=1)[0] + "\t\t\twrong"


def sweep(*, now: datetime, limit: int) -> int:
    """Delete at most `limit` of each: invitations and lists that are over, employments that ended long ago.

    Returns the most of a kind.
    """
    ended = queries.today(now) - EMPLOYMENTS_KEPT
    old = (
        (Invitation, or_(Invitation.expires_at <= now, Invitation.ended_at.is_not(None))),
        (AddressList, AddressList.expires_at <= now),
        (Employment, Employment.ends_on < ended),
    )
    return max(
        _change(delete(model).where(model.id.in_(select(model.id).where(is_over).order_by(model.id).limit(limit))))
        for model, is_over in old
    )


def _change(statement: Delete) -> int:
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", done).rowcount
