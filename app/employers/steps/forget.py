"""Letting go: of a person, and of what is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Update, delete, or_, select, update

from app.employers import queries
from app.employers.models import AddressList, Employment, Invitation
from app.extensions import db
from app.people.queries import addresses

# An invitation that nobody answers; the address and the cost centre of somebody who has left.
INVITATIONS_KEPT, DETAILS_KEPT = timedelta(days=30), timedelta(days=180)
# That somebody worked there at all: their protocol tells for 365 days who looked at them, and counts of theirs can be
# looked at for 90 days after they left.
EMPLOYMENTS_KEPT = timedelta(days=365 + 91)
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

    Those that ended less long ago lose the address and the cost centre.

    Returns the most of a kind.
    """
    today = queries.today(now)
    told = or_(Employment.email.is_not(None), Employment.cost_centre.is_not(None))
    long_left = select(Employment.id).where(Employment.ends_on < today - DETAILS_KEPT, told).order_by(Employment.id)
    emptied = update(Employment).where(Employment.id.in_(long_left.limit(limit))).values(email=None, cost_centre=None)
    old = (
        # One that was accepted stays without its address until it expires: its mail is opened again.
        (Invitation, or_(Invitation.expires_at <= now, Invitation.ended_at.is_not(None) & (Invitation.used == 0))),
        (AddressList, AddressList.expires_at <= now),
        (Employment, Employment.ends_on < today - EMPLOYMENTS_KEPT),
    )
    return max(
        _change(emptied),
        *(
            _change(delete(model).where(model.id.in_(select(model.id).where(is_over).order_by(model.id).limit(limit))))
            for model, is_over in old
        ),
    )


def _change(statement: Delete | Update) -> int:
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", done).rowcount
