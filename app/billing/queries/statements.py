"""Statements as payers see them, and what operators are owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select

from app.billing.document import Document
from app.billing.models import Invoice, Statement, StatementCentre, StatementLine
from app.employers.models import Employer
from app.errors import NotFound
from app.extensions import execute, table
from app.funding.models import Programme
from app.spaces.models import Operator

_statement, _line, _invoice = table(Statement).c, table(StatementLine).c, table(Invoice).c


@dataclass(frozen=True)
class StatementFacts:
    """A posted statement: gross cents, half-days. `month` is its first day."""

    id: int
    month: date
    units: int
    cents: int
    posted_at: datetime


@dataclass(frozen=True)
class LineFacts:
    """A line of a statement. `month` is that of the service; `invoice` the number of what carries it."""

    id: int
    operator_id: int | None
    operator: str | None
    space: str
    month: date
    kind: str
    vat: str | None
    is_priced: bool
    is_share: bool
    units: int
    cents: int
    invoice: str | None


@dataclass(frozen=True)
class InvoiceFacts:
    """An invoice in a list. `corrects` is the number of what it corrects; `payer` whom it asks to pay."""

    id: int
    label: str
    kind: str
    corrects: str | None
    seller: str
    payer: str
    month: date
    issued_on: date
    cents: int


@dataclass(frozen=True)
class OwedFacts:
    """What one payer owes an operator by one statement: `month` is the statement's."""

    statement_id: int
    payer: str
    month: date
    units: int
    cents: int
    open_cents: int


def statements_of(*, employer_id: int | None = None, programme_id: int | None = None) -> list[StatementFacts]:
    """Return the posted statements of an employer or a programme, newest first."""
    rows = execute(
        select(*(_statement[name] for name in StatementFacts.__dataclass_fields__))
        .where(*_is_of(employer_id, programme_id), _statement.posted_at.is_not(None))
        .order_by(_statement.month.desc())
    )
    return [StatementFacts(*row) for row in rows]


def statement_of(
    month: date, *, employer_id: int | None = None, programme_id: int | None = None
) -> tuple[StatementFacts, list[LineFacts], list[tuple[str | None, int, int]]]:
    """Return the statement of a month, its lines, and (cost centre, half-days, cents). Refuses: `NotFound`."""
    found = [each for each in statements_of(employer_id=employer_id, programme_id=programme_id) if each.month == month]
    if not found:
        raise NotFound
    centre = table(StatementCentre).c
    centres = execute(
        select(centre.cost_centre, centre.units, centre.cents)
        .where(centre.statement_id == found[0].id)
        .order_by(centre.cost_centre.is_(None), centre.cost_centre)
    )
    return found[0], _lines(found[0].id), [(row[0], row[1], row[2]) for row in centres]


def _is_of(employer_id: int | None, programme_id: int | None) -> tuple[Any, ...]:
    if employer_id is not None:
        return (_statement.employer_id == employer_id,)
    return (_statement.programme_id == programme_id,)


def _lines(statement_id: int) -> list[LineFacts]:
    operator = table(Operator).c
    rows = execute(
        select(
            _line.id,
            _line.operator_id,
            func.coalesce(operator.legal_name, operator.name),
            _line.space,
            _line.month,
            _line.kind,
            _line.vat,
            _line.is_priced,
            _line.is_share,
            _line.units,
            _line.cents,
            _invoice.label,
        )
        .select_from(table(StatementLine))
        .outerjoin(table(Operator), operator.id == _line.operator_id)
        .outerjoin(table(Invoice), _invoice.id == _line.invoice_id)
        .where(_line.statement_id == statement_id)
        .order_by(operator.name, _line.operator_id, _line.month, _line.space, _line.id)
    )
    return [LineFacts(*row) for row in rows]


def invoice_of_statement(statement_id: int) -> list[InvoiceFacts]:
    """Return the invoices and corrections that came of a statement, by number."""
    return _invoices(_invoice.statement_id == statement_id)


def invoice_of_operator(operator_id: int) -> list[InvoiceFacts]:
    """Return all that an operator has issued, newest first."""
    return _invoices(_invoice.operator_id == operator_id)[::-1]


def _invoices(which: Any) -> list[InvoiceFacts]:
    first = table(Invoice).alias("first")
    rows = execute(
        select(
            *(_invoice.id, _invoice.label, _invoice.kind, first.c.label),
            func.coalesce(table(Operator).c.legal_name, table(Operator).c.name),
            _PAYER,
            *(_invoice.month, _invoice.issued_on, _invoice.cents),
        )
        .select_from(_with_payer(table(Invoice).join(table(Statement), _statement.id == _invoice.statement_id)))
        .join(table(Operator), table(Operator).c.id == _invoice.operator_id)
        .outerjoin(first, first.c.id == _invoice.corrects_id)
        .where(which)
        .order_by(_invoice.operator_id, _invoice.number)
    )
    return [InvoiceFacts(*row) for row in rows]


_PAYER = func.coalesce(table(Employer).c.name, table(Programme).c.name)


def _with_payer(joined: Any) -> Any:
    return joined.outerjoin(table(Employer), table(Employer).c.id == _statement.employer_id).outerjoin(
        table(Programme), table(Programme).c.id == _statement.programme_id
    )


def invoice_document(
    label: str, *, statement_id: int | None = None, operator_id: int | None = None
) -> tuple[Document, bytes]:
    """Return what stands on an invoice, and its XML, to its payer or its seller. Refuses: `NotFound`."""
    is_theirs = _invoice.operator_id == operator_id if statement_id is None else _invoice.statement_id == statement_id
    row = execute(select(_invoice.document, _invoice.xml).where(_invoice.label == label, is_theirs)).one_or_none()
    if row is None:
        raise NotFound
    return Document.unpacked(row.document), bytes(row.xml)


def owed_to(operator_id: int) -> list[OwedFacts]:
    """Return what each employer and programme owes an operator by which statement, newest first, without names."""
    rows = execute(
        select(
            *(_statement.id, _PAYER, _statement.month, func.sum(_line.units), func.sum(_line.cents)),
            func.sum(case((_line.invoice_id.is_(None), _line.cents), else_=0)),
        )
        .select_from(_with_payer(table(StatementLine).join(table(Statement), _statement.id == _line.statement_id)))
        .where(_line.operator_id == operator_id, _line.cents != 0)
        .group_by(_statement.id, _PAYER, _statement.month)
        .order_by(_statement.month.desc(), _PAYER, _statement.id)
    )
    return [OwedFacts(row[0], row[1], row[2], int(row[3]), int(row[4]), int(row[5])) for row in rows]
