"""Letting go of what has been kept long enough. Each step takes a bounded number of rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Table, Update, and_, bindparam, delete, func, or_, select, update

from app import clock
from app.audit.models import AuditEntry
from app.bookings.models import Booking, BookingSlot
from app.bookings.queries import PERSON_KEPT
from app.checkins.models import Announced, Checkin, Device, GoneEvent
from app.extensions import Model, db
from app.people.models import Session, SignInCode
from app.spaces.models import Space

TIMEZONE = "Europe/Berlin"
# After so many days a check-in has no time of day and no text any more.
TIMES_KEPT = 14
AUDIT_KEPT = timedelta(days=365)
# The limit of codes per hour counts them; a day is plenty.
CODES_KEPT = timedelta(days=1)
DEVICES_KEPT = timedelta(days=180)
# The night that first could is long past when it comes this late; older rows are not looked at again.
LOOKS_BACK = timedelta(days=60)
# Phones of erased people may still send for so many days.
GONE_KEPT = 90


def empty_checkins(people: Sequence[int], *, now: datetime) -> int:
    """Take time of day and text out of these people's check-ins after day+14; day and digest stay."""
    last = _day(now, TIMES_KEPT)
    due = db.session.execute(
        select(Checkin.id, Checkin.local_date, Checkin.received_at, Checkin.effective_at, Space.timezone)
        .outerjoin(Space, Space.id == Checkin.space_id)
        .where(
            _of(Checkin.person_id, people),
            _was_before(last),
            or_(Checkin.body.is_not(None), Checkin.captured_at.is_not(None), Checkin.sent_at.is_not(None)),
        )
    ).all()
    table = cast("Table", Checkin.__table__)
    emptied = update(table).where(table.c.id == bindparam("of_id")).values(body=None, captured_at=None, sent_at=None)
    if due:
        db.session.connection().execute(
            emptied.values(effective_at=bindparam("day"), received_at=bindparam("received_on")),
            [
                {
                    "of_id": row.id,
                    "day": row.effective_at and _start(row.local_date, row.timezone or TIMEZONE),
                    "received_on": _start(clock.local_day(row.received_at, TIMEZONE), TIMEZONE),
                }
                for row in due
            ],
        )
    return len(due)


def let_go(people: Sequence[int], *, now: datetime) -> int:
    """Take these people out of bookings and check-ins after 90 days. Returns how many bookings.

    Its digest would give a booking's person away to whoever tries all people; and numbers of a phone would, as long
    as the phone is known, so that they go too and the phone remembers up to which.
    """
    last = _day(now, PERSON_KEPT)
    is_old = and_(_of(Checkin.person_id, people), _was_before(last))
    numbers = db.session.execute(
        select(Checkin.device, func.max(Checkin.seq))
        .where(is_old, Checkin.device.is_not(None))
        .group_by(Checkin.device)
    ).all()
    for device, number in numbers:
        is_own = (Device.uuid == device, Device.forgotten_seq < (number or 0))
        _change(update(Device).where(*is_own).values(forgotten_seq=number))
        is_older = (Checkin.device == device, Checkin.seq <= number)
        _change(update(Checkin).where(*is_older).values(device=None, seq=None))
    nobody = dict.fromkeys(("person_id", "device", "seq", "claimed_booking"))
    _change(update(Checkin).where(is_old).values(nobody))
    _change(
        update(BookingSlot).where(_of(BookingSlot.person_id, people), BookingSlot.date < last).values(person_id=None)
    )
    _change(delete(Announced).where(_of(Announced.person_id, people), Announced.day < last))
    is_past = (_of(Booking.person_id, people), Booking.date < last)
    return _change(update(Booking).where(*is_past).values(person_id=None, request_digest=""))


def sweep(*, now: datetime, limit: int) -> int:
    """Delete at most `limit` rows of each kind that nobody needs any more. Returns the most of a kind."""
    old = (
        (AuditEntry, AuditEntry.at < now - AUDIT_KEPT),
        (SignInCode, SignInCode.made_at < now - CODES_KEPT),
        (Session, Session.expires_at <= now),
        (Device, Device.seen_at < now - DEVICES_KEPT),
        (GoneEvent, GoneEvent.made_on < _day(now, GONE_KEPT)),
    )
    return max(_delete(model, condition, limit) for model, condition in old)


def empty_nobodys(*, now: datetime, limit: int) -> int:
    """Do the same for at most `limit` rows each of what hosts said about nobody known: who walked in, what was undone.

    Returns the most of a kind.
    """
    last, long_ago = _day(now, TIMES_KEPT), _day(now, PERSON_KEPT)
    said = select(Checkin.id).where(
        Checkin.person_id.is_(None),
        Checkin.local_date.between(last - LOOKS_BACK, last - timedelta(days=1)),
        Checkin.body.is_not(None),
    )
    walked_in = select(Booking.id).where(
        Booking.starts_at.between(_start(long_ago - LOOKS_BACK, TIMEZONE), _start(long_ago, TIMEZONE)),
        Booking.label.is_not(None),
    )
    times = dict.fromkeys(("body", "captured_at", "sent_at", "effective_at"))
    return max(
        _change(update(Checkin).where(Checkin.id.in_(said.limit(limit))).values(times)),
        _change(update(Booking).where(Booking.id.in_(walked_in.limit(limit))).values(label=None)),
    )


def _delete(model: type[Model], condition: Any, limit: int) -> int:
    (key,) = cast("Table", model.__table__).primary_key
    return _change(delete(model).where(key.in_(select(key).where(condition).order_by(key).limit(limit))))


def _of(column: Any, people: Sequence[int]) -> Any:
    """Narrow to a range of people, which the index finds without a list."""
    return column.between(people[0], people[-1])


def _was_before(day: date) -> Any:
    """Check-ins of days before `day`; those that nobody could read have only the day on which they came."""
    came_before = Checkin.received_at < _start(day, TIMEZONE)
    return or_(Checkin.local_date < day, and_(Checkin.local_date.is_(None), came_before))


def _day(now: datetime, kept: int) -> date:
    return clock.local_day(now, TIMEZONE) - timedelta(days=kept)


def _start(day: date, timezone: str) -> datetime:
    return clock.moment_of(day, 0, timezone)


def _change(statement: Update | Delete) -> int:
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", done).rowcount
