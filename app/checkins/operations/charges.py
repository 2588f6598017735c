"""Settle what attendance shows."""

from __future__ import annotations

from datetime import datetime

from app import transaction
from app.bookings import steps as bookings
from app.bookings.models import RELEASED, RESERVED, SETTLED
from app.checkins import queries
from app.funding import steps as accounts
from app.funding.models import CAME, WORKER


@transaction.write
def settle_charge(*, booking_id: int, now: datetime) -> str | None:
    """Use, give back or reserve again what a booking has charged, as it is known now who came.

    The booking is locked and looked at once more, so that of several workers one does it. Returns why, None when
    nothing is due any more.
    """
    bookings.lock(booking_id)
    due = queries.due_charge(now, booking_id)
    if due is None:
        return None
    booking, reason = due
    why = accounts.Why(booking, reason, WORKER)
    if reason == queries.CALLED_OFF:
        bookings.let_go([booking_id], now=now)
    elif reason == queries.UNPROVED:
        accounts.reserve_again(why, now=now)
        bookings.mark(booking_id, RESERVED)
        bookings.let_go([booking_id], now=now)  # unless it is open: then it is as if nobody had come yet
    elif reason == CAME:
        accounts.settle(why, now=now)
        bookings.mark(booking_id, SETTLED)
    elif reason == queries.AFTER_ALL:
        accounts.take_again(accounts.Why(booking, CAME, WORKER), now=now)
        bookings.mark(booking_id, SETTLED)
    else:
        bookings.mark(booking_id, SETTLED if accounts.decide_absence(why, now=now) else RELEASED)
    return reason
