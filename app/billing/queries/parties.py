"""Who sells and who pays, as invoices name them, and what is still missing for that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, or_, select

from app.billing.document import Buyer, Seller
from app.billing.models import InvoiceSeries, Statement, StatementLine
from app.employers.models import Employer
from app.extensions import execute, table
from app.funding.models import Programme
from app.spaces.models import Operator
from app.statements import Prepared

_operator, _series = table(Operator).c, table(InvoiceSeries).c
_employer, _programme, _line = table(Employer).c, table(Programme).c, table(StatementLine).c
# § 14 (4) UStG asks for names, addresses and a tax number; XRechnung (BR-DE-1 to 9) for account, phone and mail too.
SELLER = ("legal_name", "address", "plz", "town", "email", "phone", "iban")
BUYER = ("legal_name", "street", "plz", "town")
# What an operator says about VAT now counts for what was booked before it had said anything.
VAT = case((_line.vat.is_not(None), _line.vat), (_line.kind == "desk", _operator.desk_vat), else_=_operator.room_vat)


@dataclass(frozen=True)
class Sales:
    """An operator as a seller. `missing` names what invoices need and nobody has said."""

    operator_id: int
    slug: str
    name: str
    prefix: str | None
    last: int
    days: int | None
    contact: str | None
    is_on: bool
    missing: tuple[str, ...]
    facts: dict[str, Any]

    def seller(self) -> Seller:
        """Return what stands on an invoice; nothing is missing."""
        return Seller(
            id=self.slug,
            name=self.facts["legal_name"],
            contact=self.contact or "",
            **{name: self.facts[name] for name in ("address", "plz", "town", "email", "phone", "iban")},
            tax_id=self.facts["tax_id"],
            vat_id=self.facts["vat_id"],
        )


SAID = ("slug", "name", *SELLER, "tax_id", "vat_id", "desk_vat", "room_vat")
_SALES = Prepared(
    select(
        *(_operator[name].label(name) for name in SAID),
        _series.prefix,
        _series.last,
        _series.days,
        _series.contact,
        _series.ended_at,
    )
    .select_from(table(Operator))
    .outerjoin(table(InvoiceSeries), _series.operator_id == _operator.id)
    .where(_operator.id == bindparam("operator"))
)
_statement = table(Statement).c
_BUYER = Prepared(
    select(
        *(_employer[name].label(f"employer_{name}") for name in ("slug", *BUYER, "vat_id")),
        *(_employer[name].label(f"employer_{name}") for name in ("invoice_email", "leitweg_id")),
        *(_programme[name].label(f"programme_{name}") for name in ("slug", "funder", *BUYER[1:])),
        *(_programme[name].label(f"programme_{name}") for name in ("invoice_email", "leitweg_id")),
    )
    .select_from(table(Statement))
    .outerjoin(table(Employer), _employer.id == _statement.employer_id)
    .outerjoin(table(Programme), _programme.id == _statement.programme_id)
    .where(_statement.id == bindparam("statement"))
)


def sales_of(operator_id: int) -> Sales:
    """Return an operator as a seller."""
    row = _SALES.row({"operator": operator_id})
    facts = {name: getattr(row, name) for name in SAID}
    missing = [name for name in SELLER if not facts[name]]
    missing += [] if facts["tax_id"] or facts["vat_id"] else ["tax_id"]
    missing += [] if facts["desk_vat"] and facts["room_vat"] else ["vat"]
    is_on = row.prefix is not None and row.ended_at is None
    return Sales(
        operator_id=operator_id,
        slug=row.slug,
        name=row.name,
        prefix=row.prefix,
        last=row.last or 0,
        days=row.days,
        contact=row.contact,
        is_on=is_on,
        missing=tuple(missing),
        facts=facts,
    )


def buyer_of(statement_id: int) -> tuple[Buyer, tuple[str, ...]]:
    """Return who pays a statement as invoices name them, and what is missing for that."""
    row = _BUYER.row({"statement": statement_id})
    payer = "employer" if row.employer_slug else "programme"
    said: dict[str, Any] = {name: getattr(row, f"{payer}_{name}", None) for name in (*BUYER, "slug", "vat_id")}
    said |= {name: getattr(row, f"{payer}_{name}") for name in ("invoice_email", "leitweg_id")}
    said["legal_name"] = said["legal_name"] or row.programme_funder
    missing = [name for name in BUYER if not said[name]]
    missing += [] if said["invoice_email"] or said["leitweg_id"] else ["invoice_email"]
    buyer = Buyer(
        id=said["slug"],
        name=said["legal_name"] or "",
        street=said["street"] or "",
        plz=said["plz"] or "",
        town=said["town"] or "",
        email=said["invoice_email"],
        vat_id=said["vat_id"],
        leitweg_id=said["leitweg_id"],
    )
    return buyer, tuple(missing)


def invoice_address(programme_id: int) -> dict[str, Any]:
    """Return where the invoices of a programme's funder go, by column; None = not told."""
    names = (*BUYER[1:], "invoice_email", "leitweg_id")
    row = execute(select(*(_programme[name] for name in names)).where(_programme.id == programme_id)).one()
    return dict(zip(names, row, strict=True))


def is_ready() -> ColumnElement[bool]:
    """Narrow lines, joined with their statement, seller and payer, to those for which nothing is missing."""
    is_reached = or_(
        and_(*(_employer[name].is_not(None) for name in BUYER), _is_reachable(_employer)),
        and_(*(_programme[name].is_not(None) for name in BUYER[1:]), _is_reachable(_programme)),
    )
    return and_(
        *(_operator[name].is_not(None) for name in SELLER),
        or_(_operator.tax_id.is_not(None), _operator.vat_id.is_not(None)),
        _operator.desk_vat.is_not(None),
        _operator.room_vat.is_not(None),
        is_reached,
    )


def _is_reachable(payer: Any) -> ColumnElement[bool]:
    return or_(payer.invoice_email.is_not(None), payer.leitweg_id.is_not(None))
