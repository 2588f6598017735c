"""Questions that find nothing while accounts, entries and bookings agree."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, case, false, func, or_, select

from app.bookings.models import RELEASED, RESERVED, SETTLED, Booking
from app.extensions import Moment
from app.funding.models import CORRECT, PAYER_CHANGED, POOL, RESERVE, Account, Entry, Programme, Quota
from app.funding.queries import HALF_HOURS_A_UNIT
from app.spaces.models import Seat

Question = Select[*tuple[Any, ...]]
UNITS = ("units", "cents")


def questions() -> tuple[tuple[str, Question, str], ...]:
    """Return kind, question and words of what one question finds."""
    return (
        ("account_drifted", _drifted(), "account {id}: its sums are not those of its entries ({what})"),
        ("account_overdrawn", _overdrawn(), "account {id}: more is taken than granted, or less than nothing"),
        ("charged_twice", _charged_twice(), "booking {booking_uuid} is charged twice in account {account_id}"),
        ("charged_too_much", _charged_too_much(), "booking {booking_uuid}: more is taken for it than it costs"),
        ("charge_wrong", _charge_wrong(), "booking {uuid}: it says {charge}, its entries do not"),
        ("correction_misplaced", _misplaced(), "entry {id}: no books were closed that it could correct"),
        ("entry_without_booking", _without_booking(), "entry {id}: there is no booking {booking_uuid}"),
    )


def _sums(*by: Any) -> Any:
    figures = [
        func.coalesce(func.sum(getattr(Entry, f"{kind}_{unit}")), 0).label(f"{kind}_{unit}")
        for kind in ("granted", "reserved", "settled")
        for unit in UNITS
    ]
    return select(*by, *figures).group_by(*by).subquery()


def _drifted() -> Question:
    """Accounts that differ from the sums of their entries; an account without a limit was granted nothing to count."""
    sums = _sums(Entry.account_id)
    wrong = []
    for kind in ("granted", "reserved", "settled"):
        for unit in UNITS:
            name = f"{kind}_{unit}"
            kept = func.coalesce(getattr(Account, name), 0)
            wrong.append((kept != func.coalesce(sums.c[name], 0), name))
    what = case(*((is_wrong, name) for is_wrong, name in wrong))
    joined = select(Account.id, what.label("what")).outerjoin(sums, sums.c.account_id == Account.id)
    return joined.where(or_(*(is_wrong for is_wrong, _ in wrong)))


def _overdrawn() -> Question:
    wrong: list[ColumnElement[bool]] = []
    for unit in UNITS:
        reserved, settled = getattr(Account, f"reserved_{unit}"), getattr(Account, f"settled_{unit}")
        wrong += [reserved + settled > getattr(Account, f"granted_{unit}"), reserved < 0, settled < 0]
    return select(Account.id).where(or_(*wrong))


def _charged_twice() -> Question:
    """Bookings that hold more of an account than was reserved for them, or were reserved there twice."""
    of_booking = (Entry.account_id, Entry.booking_uuid)
    first = func.sum(case((Entry.kind == RESERVE, 1), else_=0))
    # A payer whom somebody left and came back to.
    is_again = and_(Entry.kind == CORRECT, Entry.reason == PAYER_CHANGED)
    is_asked = or_(Entry.kind == RESERVE, is_again)
    wanted = [func.sum(case((is_asked, getattr(Entry, f"reserved_{unit}")), else_=0)) for unit in UNITS]
    held = [func.sum(getattr(Entry, f"reserved_{unit}") + getattr(Entry, f"settled_{unit}")) for unit in UNITS]
    return (
        select(*of_booking)
        .where(Entry.booking_uuid.is_not(None))
        .group_by(*of_booking)
        .having(or_(first != 1, *(holds > asked for holds, asked in zip(held, wanted, strict=True))))
    )


def _charged_too_much() -> Question:
    """Bookings for which more is taken, of whatever accounts, than they have half-days and cost.

    What a programme allows each person is counted apart: its budget is what pays.
    """
    slots = Booking.end_slot - Booking.first_slot
    begun = (slots + HALF_HOURS_A_UNIT - 1) / HALF_HOURS_A_UNIT
    costs = {"units": case((Seat.kind == "desk", slots), else_=begun), "cents": func.coalesce(Booking.price_cents, 0)}
    pays = or_(Quota.programme_id.is_(None), Quota.scope == POOL)
    wrong = []
    for unit, most in costs.items():
        taken = getattr(Entry, f"reserved_{unit}") + getattr(Entry, f"settled_{unit}")
        wrong += [func.sum(case((of, taken), else_=0)) > func.max(most) for of in (pays, ~pays)]
    joined = select(Entry.booking_uuid).join(Booking, Booking.uuid == Entry.booking_uuid)
    joined = joined.join(Seat, Seat.id == Booking.seat_id).join(Account, Account.id == Entry.account_id)
    return joined.join(Quota, Quota.id == Account.quota_id).group_by(Entry.booking_uuid).having(or_(*wrong))


def _charge_wrong() -> Question:
    """Bookings whose charge is not what their entries hold."""
    sums = _sums(Entry.booking_uuid)
    # Who only adds to what a programme pays holds cents and no units.
    reserved, settled = (
        or_(*(func.coalesce(sums.c[f"{kind}_{unit}"], 0) != 0 for unit in ("units", "cents")))
        for kind in ("reserved", "settled")
    )
    charge = func.coalesce(Booking.charge, "nothing")
    is_right = or_(
        and_(charge == "nothing", sums.c.booking_uuid.is_(None)),
        and_(charge == RESERVED, reserved, ~settled),
        and_(charge == SETTLED, ~reserved, settled),
        and_(charge == RELEASED, sums.c.booking_uuid.is_not(None), ~reserved, ~settled),
    )
    joined = select(Booking.uuid, charge.label("charge"))
    return joined.outerjoin(sums, sums.c.booking_uuid == Booking.uuid).where(
        or_(Booking.charge.is_not(None), sums.c.booking_uuid.is_not(None)), ~is_right
    )


def _misplaced() -> Question:
    """Corrections by hand that are not of a programme's budget whose books were closed before."""
    is_closed = and_(Quota.scope == POOL, Programme.frozen_at <= Entry.made_at)
    joined = select(Entry.id).join(Account, Account.id == Entry.account_id).join(Quota, Quota.id == Account.quota_id)
    return joined.outerjoin(Programme, Programme.id == Quota.programme_id).where(
        Entry.note.is_not(None), ~func.coalesce(is_closed, false())
    )


def _without_booking() -> Question:
    """Entries whose booking is not there although it cannot have been untied from them yet.

    They are of late, or of an account that began after the last day whose bookings were.
    """
    is_young = or_(
        Entry.made_at >= bindparam("lately", type_=Moment), Account.first_on >= bindparam("tied_since", type_=Date)
    )
    return (
        select(Entry.id, Entry.booking_uuid)
        .join(Account, Account.id == Entry.account_id)
        .outerjoin(Booking, Booking.uuid == Entry.booking_uuid)
        .where(Entry.booking_uuid.is_not(None), Booking.id.is_(None), is_young)
    )
