"""Closing days of a space and opening them again. Each raises the version of the space, and by that locks it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Row, delete, insert, select, update

from app.errors import N_, DomainError, NotFound
from app.extensions import db
from app.spaces.models import Closure, Space


class AlreadyClosed(DomainError):
    """Another closure covers some of these days."""

    code = "already_closed"
    message = N_("An diesen Tagen ist schon geschlossen: {reason}. Öffne sie erst wieder oder wähl andere Tage.")


class ClosedInPast(DomainError):
    """A closure of days that are over."""

    code = "closed_in_past"
    message = N_("Diese Schließung ist schon vorbei, daran lässt sich nichts mehr ändern.")


def check_open(space_id: int, first_on: date, last_on: date) -> None:
    """Look whether none of these days is closed already, both ends included. Refuses: `AlreadyClosed`."""
    overlapping = _overlapping(space_id, first_on, last_on)
    if overlapping is not None:
        raise AlreadyClosed(reason=overlapping.reason)


def _overlapping(space_id: int, first_on: date, last_on: date) -> Row[date, date, str] | None:
    return db.session.execute(
        select(Closure.first_on, Closure.last_on, Closure.reason).where(
            Closure.space_id == space_id, Closure.first_on <= last_on, Closure.last_on >= first_on
        )
    ).first()


def close(space_id: int, first_on: date, last_on: date, reason: str) -> bool:
    """Close days, both ends included. Returns False when they are closed for this reason already.

    Refuses: `AlreadyClosed`, `NotFound`.
    """
    _change(space_id)
    overlapping = _overlapping(space_id, first_on, last_on)
    if overlapping is not None:
        if (overlapping.first_on, overlapping.last_on, overlapping.reason) == (first_on, last_on, reason):
            return False
        raise AlreadyClosed(reason=overlapping.reason)
    values = {"space_id": space_id, "first_on": first_on, "last_on": last_on, "reason": reason}
    db.session.execute(insert(Closure).values(values))
    return True


def close_for_good(space_id: int, closes_on: date) -> None:
    """Close a space from a day on. Refuses: `NotFound`."""
    _change(space_id)
    db.session.execute(update(Space).where(Space.id == space_id).values(closes_on=closes_on))


def stay_open(space_id: int, *, today: date) -> date:
    """Take back that a space closes for good, and return from when on it would have been closed.

    Refuses: `NotFound`, also when it does not close; `ClosedInPast` once the day has come.
    """
    _change(space_id)
    closes_on = db.session.execute(select(Space.closes_on).where(Space.id == space_id)).scalar_one()
    if closes_on is None:
        raise NotFound
    if closes_on <= today:
        raise ClosedInPast
    db.session.execute(update(Space).where(Space.id == space_id).values(closes_on=None))
    return closes_on


@dataclass(frozen=True)
class Reopened:
    """What a closure was."""

    first_on: date
    last_on: date
    reason: str


def reopen(space_id: int, closure_id: int, *, today: date) -> Reopened:
    """Open the days of a closure again, from `today` on, and return what it was.

    Refuses: `NotFound`, also for a closure of another space; `ClosedInPast`.
    """
    _change(space_id)
    is_it = (Closure.id == closure_id, Closure.space_id == space_id)
    row = db.session.execute(select(Closure.first_on, Closure.last_on, Closure.reason).where(*is_it)).one_or_none()
    if row is None:
        raise NotFound
    was = Reopened(*row)
    if was.last_on < today:
        raise ClosedInPast
    if was.first_on < today:  # what was closed stays known as closed
        db.session.execute(update(Closure).where(*is_it).values(last_on=today - timedelta(days=1)))
    else:
        db.session.execute(delete(Closure).where(*is_it))
    return was


def _change(space_id: int) -> None:
    changed = db.session.execute(update(Space).where(Space.id == space_id).values(version=Space.version + 1))
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise NotFound
