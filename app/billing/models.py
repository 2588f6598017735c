"""What is owed for a month: statements with their lines, and the invoices that sellers issue from them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment

_WAITS, _IS_OPEN = text("posted_at IS NULL"), text("invoice_id IS NULL")


class Statement(Model):
    """All that one employer or programme owes for a month, over all spaces; begun first, posted with its sums later.

    `salt` makes the numbers of its vouchers, so that nobody can tell the booking from one.
    """

    __tablename__ = "statements"
    __table_args__ = (
        CheckConstraint("(employer_id IS NULL) <> (programme_id IS NULL)", name="one_payer"),
        UniqueConstraint("employer_id", "month"),
        UniqueConstraint("programme_id", "month"),
        Index("ix_statements_waiting", "id", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("ix_statements_month", "month"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employers.id"))
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programmes.id"))
    month: Mapped[date]  # its first day
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    units: Mapped[int] = mapped_column(default=0)
    cents: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[datetime] = mapped_column(Moment)
    posted_at: Mapped[datetime | None] = mapped_column(Moment)


class StatementEntry(Model):
    """An entry that a statement has taken up. Its key is why nothing is billed twice."""

    __tablename__ = "statement_entries"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"), index=True)


class StatementLine(Model):
    """Half-days of one month at one space and price; of an earlier month, what was decided since. Never changed.

    Only two things come later: `invoice_id`, the one document that carries the line, and `operator_id` where nobody
    was known to sell.
    """

    __tablename__ = "statement_lines"
    __table_args__ = (
        CheckConstraint("kind IN ('desk', 'room')", name="kind"),
        CheckConstraint("is_priced OR cents = 0", name="priced"),
        Index("ix_statement_lines_open", "operator_id", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"), index=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id"))
    space: Mapped[str] = mapped_column(String(120))  # its name then
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))  # who sells; NULL = nobody known
    month: Mapped[date]  # of the service: its first day
    kind: Mapped[str] = mapped_column(String(4))
    vat: Mapped[str | None] = mapped_column(String(8))  # as frozen with the bookings; NULL = not known then
    is_priced: Mapped[bool]  # else nobody knows yet what it costs
    is_share: Mapped[bool]  # somebody else pays the rest
    units: Mapped[int]
    cents: Mapped[int]
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoices.id"), index=True)


class StatementCentre(Model):
    """What a statement holds for one cost centre; of small ones together, under no name."""

    __tablename__ = "statement_centres"
    __table_args__ = (UniqueConstraint("statement_id", "cost_centre"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"))
    cost_centre: Mapped[str | None] = mapped_column(String(40))
    units: Mapped[int]
    cents: Mapped[int]


class InvoiceSeries(Model):
    """An operator lets its invoices be issued here, with numbers of its own that leave no gap."""

    __tablename__ = "invoice_series"
    __table_args__ = (
        CheckConstraint("last >= 0", name="last"),
        CheckConstraint("days BETWEEN 1 AND 90", name="days"),
        UniqueConstraint("prefix"),
    )

    operator_id: Mapped[int] = mapped_column(ForeignKey("operators.id"), primary_key=True)
    prefix: Mapped[str] = mapped_column(String(12))  # of its numbers: LB gives LB-00001
    last: Mapped[int] = mapped_column(default=0)
    from_month: Mapped[date]  # services of earlier months the operator has billed itself
    days: Mapped[int]  # to pay
    contact: Mapped[str] = mapped_column(String(120))  # who answers questions
    agreed_by: Mapped[str] = mapped_column(String(40))  # public id of the host
    agreed_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)  # from then on no more invoices


class Invoice(Model):
    """An invoice or the correction of one, as it went out. Never changed: what was wrong is corrected by another."""

    __tablename__ = "invoices"
    __table_args__ = (
        CheckConstraint("kind IN ('invoice', 'correction')", name="kind"),
        CheckConstraint("(kind = 'correction') = (corrects_id IS NOT NULL)", name="corrects"),
        CheckConstraint("net_cents + tax_cents + rounding_cents = cents", name="sums"),
        UniqueConstraint("operator_id", "number"),
        Index("ix_invoices_statement_id", "statement_id"),
        Index("ix_invoices_operator_id_month", "operator_id", "month"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operators.id"))
    number: Mapped[int]
    label: Mapped[str] = mapped_column(String(24), unique=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"))
    kind: Mapped[str] = mapped_column(String(10))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("invoices.id"))
    month: Mapped[date]  # of the services: its first day
    issued_on: Mapped[date]
    net_cents: Mapped[int]
    tax_cents: Mapped[int]
    rounding_cents: Mapped[int]
    cents: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)  # what stands on it
    xml: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # the original, kept to the end of the 8th year
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the XML
    made_at: Mapped[datetime] = mapped_column(Moment)
