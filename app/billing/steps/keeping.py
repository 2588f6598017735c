"""What becomes of statements and invoices in time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, select

from app import clock
from app.billing.models import Invoice, Statement, StatementCentre, StatementEntry, StatementLine
from app.billing.queries.months import first_kept
from app.extensions import execute, table
from app.funding.queries import TIMEZONE


def sweep(*, now: datetime, limit: int) -> int:
    """Delete at most `limit` statements of long ago, with their invoices. Returns how many.

    The first of its line goes last: a correction that is still to be kept needs the invoice that it corrects.
    """
    kept_since = first_kept(clock.local_day(now, TIMEZONE))
    statement, invoice = table(Statement).c, table(Invoice).c
    later = table(Invoice).alias("later").c
    is_corrected = exists().where(later.corrects_id == invoice.id, later.statement_id != statement.id)
    is_needed = exists().where(
        invoice.statement_id == statement.id,
        (invoice.issued_on >= kept_since) | is_corrected.correlate_except(later.id.table),
    )
    long_ago = clock.moment_of(kept_since, 0, TIMEZONE)
    old = select(statement.id).where(statement.posted_at < long_ago, ~is_needed).order_by(statement.id.desc())
    ids = list(execute(old.limit(limit)).scalars())
    if ids:
        for part in (StatementCentre, StatementEntry, StatementLine):
            execute(delete(table(part)).where(table(part).c.statement_id.in_(ids)))
        for kind in ("correction", "invoice"):
            execute(delete(table(Invoice)).where(invoice.statement_id.in_(ids), invoice.kind == kind))
        execute(delete(table(Statement)).where(statement.id.in_(ids)))
    return len(ids)
