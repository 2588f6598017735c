"""Issue invoices: numbered without gaps, never changed, corrected by new ones.

Only the worker does: what the XML needs would be a tenth of a web server's memory, so nothing else imports this.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from app import clock, transaction
from app.billing import queries
from app.billing.document import CORRECTION, INVOICE, Document, Line
from app.billing.einvoice import xml
from app.billing.models import Invoice, InvoiceSeries, Statement, StatementLine
from app.billing.queries import VAT
from app.extensions import table
from app.funding.queries import TIMEZONE
from app.spaces.models import Operator
from app.statements import Prepared


@transaction.write
def issue_invoice(*, operator_id: int, statement_id: int, month: date, now: datetime) -> str | None:
    """Issue what an operator is owed by one statement for one month, and return its number.

    The first one for a payer and a month is the invoice; what comes later corrects it. None when somebody else has
    issued it meanwhile, when something is missing again, or when there is nothing to correct yet.
    """
    which = {"operator": operator_id, "statement": statement_id, "month": month}
    series = _SERIES.row({"operator": operator_id})
    lines = _LINES.rows(which)
    sales, (buyer, lacking) = queries.sales_of(operator_id), queries.buyer_of(statement_id)
    if series is None or month < series.from_month or not lines or sales.missing or lacking:
        return None
    first = _FIRST.row(which)
    if first is None and sum(each.cents for each in lines) < 0:
        return None
    number = series.last + 1
    document = Document(
        number=f"{series.prefix}-{number:05d}",
        kind=CORRECTION if first else INVOICE,
        corrects=(first.label, first.issued_on) if first else None,
        issued_on=clock.local_day(now, TIMEZONE),
        due_on=clock.local_day(now, TIMEZONE) + timedelta(days=series.days),
        first_on=month,
        last_on=queries.last_of(month),
        seller=sales.seller(),
        buyer=buyer,
        lines=tuple(Line(each.space, each.kind, each.charged, each.is_share, each.units, each.cents) for each in lines),
    )
    _COUNT.run({"operator": operator_id, "number": number})
    what = {"operator_id": operator_id, "number": number, "statement_id": statement_id, "made_at": now}
    invoice_id = _keep(document, what | {"corrects_id": first.id if first else None})
    _CARRY.run({"lines": [each.id for each in lines], "invoice": invoice_id})
    return document.number


_line, _invoice, _statement = table(StatementLine).c, table(Invoice).c, table(Statement).c
_series = table(InvoiceSeries).c
# Whoever issues for an operator holds its series until the invoice is there: so no number is left out.
_SERIES = Prepared(
    select(_series.prefix, _series.last, _series.days, _series.from_month)
    .where(_series.operator_id == bindparam("operator"), _series.ended_at.is_(None))
    .with_for_update()
)
_COUNT = Prepared(
    update(table(InvoiceSeries)).where(_series.operator_id == bindparam("operator")).values(last=bindparam("number"))
)
_this = table(Statement).alias("this")
_LINES = Prepared(
    select(_line.id, _line.space, _line.kind, VAT.label("charged"), _line.is_share, _line.units, _line.cents)
    .join(table(Operator), table(Operator).c.id == _line.operator_id)
    .where(
        _line.operator_id == bindparam("operator"),
        _line.statement_id == bindparam("statement"),
        _line.month == bindparam("month"),
        _line.cents != 0,
        _line.invoice_id.is_(None),
    )
    .order_by(_line.id)
)
# The invoice that this payer has had from this operator for the month.
_FIRST = Prepared(
    select(_invoice.id, _invoice.label, _invoice.issued_on)
    .select_from(table(Invoice))
    .join(table(Statement), _statement.id == _invoice.statement_id)
    .join(
        _this,
        (_statement.employer_id == _this.c.employer_id) | (_statement.programme_id == _this.c.programme_id),
    )
    .where(
        _this.c.id == bindparam("statement"),
        _invoice.operator_id == bindparam("operator"),
        _invoice.month == bindparam("month"),
        _invoice.kind == INVOICE,
    )
    .order_by(_invoice.id)
    .limit(1)
)
_CARRY = Prepared(
    update(table(StatementLine))
    .where(_line.id.in_(bindparam("lines", expanding=True)), _line.invoice_id.is_(None))
    .values(invoice_id=bindparam("invoice"))
)
_WRITE = Prepared(insert(table(Invoice)).returning(table(Invoice).c.id))


def _keep(document: Document, what: dict[str, Any]) -> int:
    made, sums = xml(document), document.sums
    row = {
        **what,
        "label": document.number,
        "kind": document.kind,
        "month": document.first_on,
        "issued_on": document.issued_on,
        "net_cents": sums.net,
        "tax_cents": sums.tax,
        "rounding_cents": sums.rounding,
        "cents": sums.gross,
        "document": document.packed(),
        "xml": made,
        "digest": hashlib.sha256(made).hexdigest(),
    }
    return int(_WRITE.scalar(row))
