"""Fill a statement: take up entries, each once, and write the lines that they make."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam, func, insert, or_, select

from app.billing.models import Statement, StatementEntry, StatementLine
from app.billing.queries.months import first_of, next_month
from app.billing.queries.services import half_days
from app.bookings.models import Booking
from app.extensions import table
from app.funding.models import POOL, Account, Entry, Quota
from app.spaces.models import Seat, Space
from app.statements import Prepared

_entries, _bookings, _taken = table(Entry).c, table(Booking).c, table(StatementEntry).c


class _Key(NamedTuple):
    """What one line is about. `price` is in cents per half-day, exactly."""

    month: date
    space: str
    space_id: int
    operator_id: int | None
    kind: str
    vat: str | None
    is_priced: bool
    is_share: bool
    price: Fraction


def post(statement: Statement) -> tuple[int, int]:
    """Take up all that is used and on no statement yet, of services until the end of the month, and write the lines.

    Returns the sums in half-days and gross cents. Nobody else posts the same statement.
    """
    values = {"statement": statement.id, "until": next_month(statement.month)}
    if statement.employer_id is not None:
        _TAKE_EMPLOYERS.run(values | {"payer": statement.employer_id})
    else:
        _TAKE_PROGRAMMES.run(values | {"payer": statement.programme_id})
    lines: dict[_Key, list[int]] = defaultdict(lambda: [0, 0])
    for row in _SERVICES.rows({"statement": statement.id}):
        sums = lines[_key(row)]
        sums[0] += row.units * row.times
        sums[1] += row.settled_cents * row.times
    found = [_line(statement.id, key, *sums) for key, sums in sorted(lines.items(), key=_order) if any(sums)]
    if found:
        _WRITE.run_each([line | {"invoice_id": None} for line in found])
    return sum(each["units"] for each in found), sum(each["cents"] for each in found)


def _take(is_payers: Any) -> Prepared:
    """Take up, for a statement, what its payer has used until a day and what is on no statement."""
    quota, account = table(Quota).c, table(Account).c
    untaken = (
        select(_entries.id, bindparam("statement", type_=Integer))
        .select_from(table(Quota))
        .join(table(Account), account.quota_id == quota.id)
        .join(table(Entry), _entries.account_id == account.id)
        .join(table(Booking), _bookings.uuid == _entries.booking_uuid)
        .outerjoin(table(StatementEntry), _taken.entry_id == _entries.id)
        .where(
            is_payers,
            or_(_entries.settled_units != 0, _entries.settled_cents != 0),
            _bookings.date < bindparam("until"),
            _taken.entry_id.is_(None),
        )
    )
    return Prepared(insert(table(StatementEntry)).from_select(["entry_id", "statement_id"], untaken))


_payer = bindparam("payer", type_=Integer)
_TAKE_EMPLOYERS = _take(table(Quota).c.employer_id == _payer)
# What a programme has used stands in two of its accounts: each person's, and the budget, which counts here.
_TAKE_PROGRAMMES = _take((table(Quota).c.programme_id == _payer) & (table(Quota).c.scope == POOL))
_WRITE = Prepared(insert(table(StatementLine)))


def _services() -> Select[Any]:
    """What the entries of a statement are for: alike ones are counted."""
    space, seat = table(Space).c, table(Seat).c
    what = (
        _bookings.date,
        space.id.label("space_id"),
        space.name.label("space"),
        _bookings.operator_id,
        seat.kind,
        _bookings.vat,
        _bookings.price_cents,
        half_days().label("units"),
        _entries.settled_cents,
    )
    return (
        select(*what, func.count().label("times"))
        .select_from(table(StatementEntry))
        .join(table(Entry), _entries.id == _taken.entry_id)
        .join(table(Booking), _bookings.uuid == _entries.booking_uuid)
        .join(table(Space), space.id == _bookings.space_id)
        .join(table(Seat), seat.id == _bookings.seat_id)
        .where(_taken.statement_id == bindparam("statement"))
        .group_by(*what)
    )


_SERVICES = Prepared(_services())


def _key(row: Any) -> _Key:
    return _Key(
        month=first_of(row.date),
        space=row.space,
        space_id=row.space_id,
        operator_id=row.operator_id,
        kind="desk" if row.kind == "desk" else "room",
        vat=row.vat,
        is_priced=row.price_cents is not None,
        is_share=row.price_cents is not None and abs(row.settled_cents) != row.price_cents,
        price=Fraction(row.settled_cents, row.units),
    )


def _order(line: tuple[_Key, list[int]]) -> tuple[Any, ...]:
    key = line[0]
    return key.month, key.space, key.space_id, key.kind, key.vat or "", key.is_share, key.price


def _line(statement_id: int, key: _Key, units: int, cents: int) -> dict[str, Any]:
    kept = {name: value for name, value in key._asdict().items() if name != "price"}
    return {"statement_id": statement_id, **kept, "units": units, "cents": cents}
