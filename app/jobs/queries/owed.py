"""Questions that find nothing while statements, their lines, entries and invoices agree."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, func, or_, select

from app.billing.models import Invoice, InvoiceSeries, Statement, StatementEntry, StatementLine
from app.extensions import db
from app.funding.models import POOL, Account, Entry, Quota

Question = Select[*tuple[Any, ...]]
BATCH = 100


def questions() -> tuple[tuple[str, Question, str], ...]:
    """Return kind, question and words of what one question finds."""
    return (
        ("statement_drifted", _drifted(), "statement {id}: its sums are not those of its lines and entries"),
        ("billed_wrongly", _foreign(), "entry {id} is on statement {statement_id} of another payer"),
        ("number_missing", _gaps(), "operator {operator_id}: {count} invoices, numbers up to {highest}, said: {last}"),
        ("invoice_drifted", _invoices(), "invoice {label}: its sum is not that of its lines"),
    )


def changed_invoices() -> Iterator[str]:
    """Yield the numbers of invoices whose XML is not what was issued."""
    found = select(Invoice.label, Invoice.xml, Invoice.digest).execution_options(yield_per=BATCH)
    for label, xml, digest in db.session.execute(found):
        if hashlib.sha256(xml).hexdigest() != digest:
            yield label


def _drifted() -> Question:
    lines = (
        select(
            StatementLine.statement_id,
            func.sum(StatementLine.units).label("units"),
            func.sum(StatementLine.cents).label("cents"),
        )
        .group_by(StatementLine.statement_id)
        .subquery()
    )
    entries = (
        select(StatementEntry.statement_id, func.sum(Entry.settled_cents).label("cents"))
        .join(Entry, Entry.id == StatementEntry.entry_id)
        .group_by(StatementEntry.statement_id)
        .subquery()
    )
    wrong: list[ColumnElement[bool]] = [
        Statement.units != func.coalesce(lines.c.units, 0),
        Statement.cents != func.coalesce(lines.c.cents, 0),
        Statement.cents != func.coalesce(entries.c.cents, 0),
    ]
    return (
        select(Statement.id)
        .outerjoin(lines, lines.c.statement_id == Statement.id)
        .outerjoin(entries, entries.c.statement_id == Statement.id)
        .where(or_(*wrong))
    )


def _foreign() -> Question:
    """Entries on a statement of somebody who does not pay them; a programme's count in its budget only."""
    is_right = or_(
        Quota.employer_id == Statement.employer_id,
        and_(Quota.programme_id == Statement.programme_id, Quota.scope == POOL),
    )
    return (
        select(Entry.id, StatementEntry.statement_id)
        .join(StatementEntry, StatementEntry.entry_id == Entry.id)
        .join(Statement, Statement.id == StatementEntry.statement_id)
        .join(Account, Account.id == Entry.account_id)
        .join(Quota, Quota.id == Account.quota_id)
        .where(func.coalesce(is_right, False).is_(False))
    )


def _gaps() -> Question:
    """Numbers follow each other up to the last one. Those whose years are over may be gone, one before the other."""
    count, highest, lowest = func.count(), func.max(Invoice.number), func.min(Invoice.number)
    return (
        select(InvoiceSeries.operator_id, InvoiceSeries.last, count.label("count"), highest.label("highest"))
        .join(Invoice, Invoice.operator_id == InvoiceSeries.operator_id)
        .where(Invoice.issued_on >= bindparam("kept_since", type_=Date))
        .group_by(InvoiceSeries.operator_id, InvoiceSeries.last)
        .having(or_(count != highest - lowest + 1, highest != InvoiceSeries.last))
    )


def _invoices() -> Question:
    total = func.coalesce(func.sum(StatementLine.cents), 0)
    return (
        select(Invoice.label)
        .outerjoin(
            StatementLine,
            and_(StatementLine.invoice_id == Invoice.id, StatementLine.operator_id == Invoice.operator_id),
        )
        .group_by(Invoice.id, Invoice.label, Invoice.cents)
        .having(total != Invoice.cents)
    )
