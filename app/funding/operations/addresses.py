"""Where a funder's invoices go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from app import transaction
from app.audit import steps as audit
from app.errors import NotFound
from app.extensions import execute, table
from app.funding.models import Programme


@dataclass(frozen=True)
class InvoiceAddress:
    """Where invoices go; by mail, or by the Leitweg-ID of a public body. None = not told."""

    street: str | None
    plz: str | None
    town: str | None
    invoice_email: str | None
    leitweg_id: str | None


@transaction.write
def change_invoice_address(*, slug: str, address: InvoiceAddress, actor: str, now: datetime) -> None:
    """Change where the invoices of a programme's funder go. Refuses: `NotFound`."""
    programmes = table(Programme)
    done = execute(update(programmes).where(programmes.c.slug == slug).values(vars(address)))
    if not done.rowcount:
        raise NotFound
    detail = {"fields": sorted(name for name, value in vars(address).items() if value)}
    audit.record(actor=actor, action="change_invoice_address", subject=("programme", slug), detail=detail, now=now)
