"""Which charges are due: of bookings whose person came, of those that nobody came to, and of those judged anew."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, or_, select, union_all
from sqlalchemy.orm import aliased

from app.bookings.models import CANCELLED, MOVED, RELEASED, RESERVED, SETTLED, Booking
from app.checkins.models import Checkin
from app.checkins.records import JUDGED_FOR
from app.extensions import execute
from app.funding import queries as funding
from app.funding.models import CAME

ABSENT, UNPROVED, CALLED_OFF, AFTER_ALL = "absent", "unproved", "called_off", "after_all"
AT_ONCE = 100
# So many changes of one booking within its day are looked through for the check-in that counts for the last one.
MOST_CHANGES = 3


def due_charges(now: datetime, *, after: int = 0) -> list[tuple[int, str]]:
    """Return up to 100 bookings, by ids above `after`, whose charge is due, and why.

    `came`: reserved, and the person was there, even if they cancelled later; `absent`: reserved, and for 14 days nobody
    showed that they came; `called_off`: reserved, cancelled, and nobody came; `unproved`: used because somebody came,
    which is no longer believed; `after_all`: cancelled and given back, but the person had come before, as is known by
    now, and what was given back is still left.
    """
    due = _due(now)
    rows = execute(
        select(due.c.id, due.c.why).where(due.c.why.is_not(None), due.c.id > after).order_by(due.c.id).limit(AT_ONCE)
    )
    return [(booking_id, why) for booking_id, why in rows]


def due_charge(now: datetime, booking_id: int) -> tuple[uuid.UUID, str] | None:
    """Return uuid and reason of one booking that is still due."""
    due = _due(now)
    row = execute(select(due.c.uuid, due.c.why).where(due.c.id == booking_id, due.c.why.is_not(None))).first()
    return (row.uuid, row.why) if row else None


def _due(now: datetime) -> Any:
    judged_since = now - JUDGED_FOR
    came, is_open = _came(Booking, MOST_CHANGES), Booking.ended_at.is_(None)
    # Of somebody erased since nobody can tell any more which booking carries the charge.
    is_by_person = and_(Booking.ended_reason.in_((CANCELLED, MOVED)), Booking.person_id.is_not(None))
    was_used_by_coming = or_(is_open, funding.last_reason(Booking.uuid) == CAME)
    why = case(
        (and_(Booking.charge == RESERVED, came), CAME),
        (and_(Booking.charge == RESERVED, ~is_open), CALLED_OFF),
        (and_(Booking.charge == RESERVED, Booking.ends_at <= judged_since), ABSENT),
        (Booking.charge == RESERVED, None),
        (and_(Booking.charge == SETTLED, was_used_by_coming, ~came), UNPROVED),
        (and_(is_by_person, funding.can_be_taken_again(Booking.uuid), ~_is_carried(judged_since), came), AFTER_ALL),
    )
    return select(Booking.id, Booking.uuid, why.label("why")).where(Booking.id.in_(_charged(now))).subquery()


def _charged(now: datetime) -> Any:
    """Return the ids of what can be due: looked up by charge and day, for it is asked often and most is long decided.

    Days are those of a space, moments are not: a day more on both sides holds all.
    """
    one_day, judged_since = timedelta(days=1), now - JUDGED_FOR
    has_begun = Booking.date <= (now + one_day).date()
    is_late = and_(Booking.date >= (judged_since - one_day).date(), Booking.ends_at > judged_since)
    ids = select(Booking.id)
    return union_all(
        ids.where(Booking.charge == RESERVED, or_(has_begun, Booking.ended_at.is_not(None))),
        ids.where(Booking.charge == SETTLED, is_late),
        ids.where(Booking.charge == RELEASED, is_late),
    )


def _came(booking: Any, changes: int) -> ColumnElement[bool]:
    """Whether somebody came for a booking, or for the one whose charge it carries."""
    own = exists().where(
        Checkin.booking_id == booking.id, Checkin.verdict != "rejected", Checkin.kind.in_(("check_in", "walk_in"))
    )
    if not changes:
        return own
    old = aliased(Booking)
    return or_(
        own,
        and_(
            booking.replaces_id.is_not(None),
            exists().where(_carries(booking, old), _came(old, changes - 1)),
        ),
    )


def _is_carried(judged_since: datetime) -> ColumnElement[bool]:
    """Whether another booking carries the charge. It is the same person's, of late: that finds it."""
    new = aliased(Booking)
    is_near = new.ends_at > judged_since - timedelta(days=1)
    return exists().where(new.person_id == Booking.person_id, is_near, _carries(new, Booking))


def _carries(new: Any, old: Any) -> ColumnElement[bool]:
    """Whether a booking is what became of another one on the same day, on the same payer."""
    return and_(new.replaces_id == old.id, new.date == old.date, new.payer == old.payer)
