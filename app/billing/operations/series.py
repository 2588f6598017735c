"""Let invoices of an operator be issued here, or not any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import transaction
from app.audit import steps as audit
from app.billing.models import InvoiceSeries
from app.errors import N_, InvalidInput
from app.extensions import db
from app.people import steps as people
from app.spaces import queries as spaces
from app.spaces.queries import UnknownSpace


@dataclass(frozen=True)
class SeriesDraft:
    """The beginning of an operator's invoice numbers, days to pay, and who answers questions.

    `from_month`: services of earlier months are billed by the operator itself; it counts when it agrees.
    """

    prefix: str
    days: int
    contact: str
    from_month: date


class PrefixTaken(InvalidInput):
    """Another operator's invoices begin like that."""

    code = "prefix_taken"

    def __init__(self) -> None:
        super().__init__(
            {"prefix": N_("So beginnen schon die Nummern eines anderen Betreibers. Nimm ein anderes Kürzel.")}
        )


class PrefixUsed(InvalidInput):
    """Invoices with this beginning are out."""

    code = "prefix_used"

    def __init__(self) -> None:
        super().__init__({"prefix": N_("Mit diesem Kürzel sind schon Rechnungen verschickt, deshalb bleibt es.")})


@transaction.write
def change_series(*, slug: str, person_id: int, draft: SeriesDraft, now: datetime) -> None:
    """Let the invoices of the operator of a space be issued here, or change how.

    Refuses: `UnknownSpace`, also for somebody who acts for the space only; `PrefixTaken`, `PrefixUsed`.
    """
    operator_id, row = _locked(slug, person_id)
    actor = people.public_id(person_id)
    if row is None:
        row = InvoiceSeries(
            operator_id=operator_id, last=0, agreed_by=actor, agreed_at=now, from_month=draft.from_month
        )
        db.session.add(row)
    elif row.last and row.prefix != draft.prefix:
        raise PrefixUsed
    if row.ended_at is not None:
        row.agreed_by, row.agreed_at, row.ended_at = actor, now, None
        row.from_month = draft.from_month
    row.prefix, row.days, row.contact = draft.prefix, draft.days, draft.contact
    try:
        db.session.flush()
    except IntegrityError as error:
        if transaction.violated(error) == "uq_invoice_series_prefix":
            raise PrefixTaken from error
        if transaction.violated(error) == "pk_invoice_series":
            raise transaction.Again from error
        raise
    _write_down(slug, actor, "agree_to_invoices", now)


@transaction.write
def end_series(*, slug: str, person_id: int, now: datetime) -> None:
    """Issue no more invoices for the operator of a space; those that are out stay. Refuses: `UnknownSpace`."""
    _, row = _locked(slug, person_id)
    if row is not None and row.ended_at is None:
        row.ended_at = now
        db.session.flush()
        _write_down(slug, people.public_id(person_id), "end_invoices", now)


def _locked(slug: str, person_id: int) -> tuple[int, InvoiceSeries | None]:
    operator_id = spaces.hosted_space(person_id, slug).operator_id
    if operator_id is None or not spaces.acts_for_operator(person_id, operator_id):
        raise UnknownSpace
    held = select(InvoiceSeries).where(InvoiceSeries.operator_id == operator_id)
    row = db.session.scalars(held.with_for_update().execution_options(populate_existing=True)).one_or_none()
    return operator_id, row


def _write_down(slug: str, actor: str, action: str, now: datetime) -> None:
    audit.record(actor=actor, action=action, subject=("space", slug), detail={}, now=now)
