"""What an erasure does to bookings, and what time does."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from app import clock
from app.bookings import models
from app.bookings.models import Booking, BookingSlot
from app.bookings.queries import PERSON_KEPT
from app.bookings.steps.days import lock_days
from app.bookings.steps.ending import end
from app.extensions import db, execute, table

TIMEZONE = "Europe/Berlin"
# The night that first could is long past when it comes this late; older bookings are not looked at again.
LOOKS_BACK = timedelta(days=60)


def forget(person_id: int, *, now: datetime) -> None:
    """Let go of an erased person: what is still to come is given back, what was stays without a name."""
    coming = db.session.execute(
        select(Booking.id, Booking.date, Booking.space_id).where(
            Booking.person_id == person_id, Booking.ended_at.is_(None), Booking.ends_at > now
        )
    ).all()
    lock_days((row.date, row.space_id) for row in coming)
    end([row.id for row in coming], reason=models.ERASED, now=now)
    db.session.execute(update(BookingSlot).where(BookingSlot.person_id == person_id).values(person_id=None))
    # Whoever tries all people would find this one again by the digest.
    nobody = {"person_id": None, "request_digest": ""}
    db.session.execute(update(Booking).where(Booking.person_id == person_id).values(nobody))


def untie(*, now: datetime, limit: int) -> int:
    """Cut what binds at most `limit` bookings of more than 90 days ago to who paid for them. Returns how many.

    The sums of a place and those of a payer stay, but nobody can join them any more: the booking gets another number
    than the entries name it by, and no payer; when it was made and ended, which entries say too, becomes a day.
    """
    day = clock.local_day(now, TIMEZONE) - timedelta(days=PERSON_KEPT)
    long_ago = clock.moment_of(day, 0, TIMEZONE)
    bookings = table(Booking).c
    rows = execute(
        select(bookings.id, bookings.made_at, bookings.ended_at, bookings.released_at)
        .where(
            bookings.starts_at >= long_ago - LOOKS_BACK,
            bookings.starts_at < long_ago,
            bookings.payer.is_not(None),
        )
        .order_by(bookings.id)
        .limit(limit)
    ).all()
    if rows:
        names = ("uuid", "made_at", "ended_at", "released_at")
        nobody: dict[str, Any] = {"payer": None, "charge": None, "pass_id": None, "payer_ended_at": None}
        anew: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        statement = update(table(Booking)).where(bookings.id == bindparam("of_id")).values({**nobody, **anew})
        db.session.connection().execute(statement, [_untied(row) for row in rows])
    return len(rows)


def _untied(row: Any) -> dict[str, Any]:
    moments = {f"new_{name}": _day_of(getattr(row, name)) for name in ("made_at", "ended_at", "released_at")}
    return {"of_id": row.id, "new_uuid": uuid.uuid4(), **moments}


def _day_of(moment: datetime | None) -> datetime | None:
    return moment and clock.moment_of(clock.local_day(moment, TIMEZONE), 0, TIMEZONE)
