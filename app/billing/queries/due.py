"""What is still to be posted and to be issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select

from app import clock
from app.billing.document import INVOICE
from app.billing.models import Invoice, InvoiceSeries, Statement, StatementEntry, StatementLine
from app.billing.queries.months import next_month
from app.billing.queries.parties import is_ready
from app.bookings.models import Booking
from app.employers.models import Employer
from app.extensions import execute, table
from app.funding.models import POOL, Account, Entry, Programme, Quota
from app.funding.queries import TIMEZONE, due_month
from app.spaces.models import Operator

# A late cancellation is charged before the day that was booked.
EARLIEST = timedelta(days=2)


def payers_due(month: date) -> list[tuple[int | None, int | None]]:
    """Return the employers and programmes, as (employer id, programme id), that have used something up to the end of
    `month` which is on no statement, and no statement of that month.
    """
    entry, quota, statement = table(Entry).c, table(Quota).c, table(Statement).c
    rows = execute(
        _unbilled(month)
        .outerjoin(
            table(Statement),
            (statement.month == month)
            & ((statement.employer_id == quota.employer_id) | (statement.programme_id == quota.programme_id)),
        )
        .where(statement.id.is_(None), entry.made_at >= _since(month))
        .with_only_columns(quota.employer_id, quota.programme_id)
        .distinct()
    )
    return sorted(((row[0], row[1]) for row in rows), key=lambda row: (row[0] or 0, row[1] or 0))


def _unbilled(month: date) -> Select[Any]:
    entry, booking, taken = table(Entry).c, table(Booking).c, table(StatementEntry).c
    return (
        select(entry.id)
        .select_from(table(Entry))
        .join(table(Booking), booking.uuid == entry.booking_uuid)
        .join(table(Account), table(Account).c.id == entry.account_id)
        .join(table(Quota), table(Quota).c.id == table(Account).c.quota_id)
        .outerjoin(table(StatementEntry), taken.entry_id == entry.id)
        .where(
            or_(entry.settled_units != 0, entry.settled_cents != 0),
            # Of a programme's accounts the budget counts.
            or_(table(Quota).c.employer_id.is_not(None), table(Quota).c.scope == POOL),
            booking.date < next_month(month),
            taken.entry_id.is_(None),
        )
    )


def _since(month: date) -> Any:
    """What was settled before the month of the last run is on a statement since that run: no need to look there."""
    last = execute(select(func.max(table(Statement).c.month)).where(table(Statement).c.month < month)).scalar_one()
    first = date(2020, 1, 1) if last is None else last - EARLIEST
    return clock.moment_of(first, 0, TIMEZONE)


def statements_waiting(after: int = 0, limit: int = 100) -> list[int]:
    """Return statements that are begun and not posted, by id, as far as `limit` goes."""
    statement = table(Statement).c
    waiting = select(statement.id).where(statement.posted_at.is_(None), statement.id > after)
    return list(execute(waiting.order_by(statement.id).limit(limit)).scalars())


def is_behind(today: date) -> bool:
    """Whether something of the months before is on no statement yet; then nothing may be let go of that they need."""
    return bool(statements_waiting(limit=1) or payers_due(due_month(today)))


@dataclass(frozen=True)
class Progress:
    """How far the run of a month is: so many statements of all."""

    month: date
    posted: int
    all: int


def progress() -> Progress | None:
    """Return how far the newest run is; None before the first one."""
    statement = table(Statement).c
    rows = execute(
        select(statement.month, func.count(statement.posted_at), func.count())
        .group_by(statement.month)
        .order_by(statement.month.desc())
        .limit(1)
    ).all()
    return Progress(*rows[0]) if rows else None


@dataclass(frozen=True)
class ToIssue:
    """One document that an operator owes a payer: for one statement's lines of one month."""

    operator_id: int
    statement_id: int
    month: date


def _has_invoice() -> Any:
    """Whether the payer of a line's statement has had an invoice of its operator for its month."""
    line, own, invoice = table(StatementLine).c, table(Statement).c, table(Invoice).c
    earlier = table(Statement).alias("earlier")
    is_payers = (earlier.c.employer_id == own.employer_id) | (earlier.c.programme_id == own.programme_id)
    return (
        select(invoice.id)
        .select_from(table(Invoice).join(earlier, earlier.c.id == invoice.statement_id))
        .where(
            invoice.operator_id == line.operator_id,
            invoice.month == line.month,
            invoice.kind == INVOICE,
            is_payers,
        )
        .correlate(table(StatementLine), table(Statement))
        .exists()
    )


def invoices_due(limit: int = 100) -> Sequence[ToIssue]:
    """Return what can be issued now, oldest month first: lines with a price and no invoice, nothing missing."""
    line, series, statement = table(StatementLine).c, table(InvoiceSeries).c, table(Statement).c
    rows = execute(
        select(line.operator_id, line.statement_id, line.month)
        .select_from(table(StatementLine))
        .join(table(InvoiceSeries), series.operator_id == line.operator_id)
        .join(table(Operator), table(Operator).c.id == line.operator_id)
        .join(table(Statement), statement.id == line.statement_id)
        .outerjoin(table(Employer), table(Employer).c.id == statement.employer_id)
        .outerjoin(table(Programme), table(Programme).c.id == statement.programme_id)
        .where(line.invoice_id.is_(None), line.cents != 0, series.ended_at.is_(None), is_ready())
        .where(line.month >= series.from_month)
        .group_by(line.operator_id, line.statement_id, line.month, statement.employer_id, statement.programme_id)
        # Less than nothing can only correct: what never finds its invoice must not be asked for again and again.
        .having(or_(func.sum(line.cents) >= 0, _has_invoice()))
        .order_by(line.month, line.statement_id, line.operator_id)
        .limit(limit)
    )
    return [ToIssue(*row) for row in rows]
