"""The forms about invoices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from werkzeug.datastructures import MultiDict

from app.billing.operations import SeriesDraft
from app.errors import N_
from app.fields import Reading
from app.funding.operations import InvoiceAddress

PREFIX = r"[A-Z0-9][A-Z0-9-]{0,10}[A-Z0-9]"
WRONG_PREFIX = N_("Ein Kürzel hat 2 bis 12 große Buchstaben oder Ziffern, etwa LB oder LB-26.")


def read_series(form: MultiDict[str, str], months: Sequence[date]) -> SeriesDraft:
    """Read how invoices are issued, from one of `months` on. Refuses: `InvalidInput`, naming each field."""
    reading = Reading(form)
    prefix = reading.like("prefix", PREFIX, WRONG_PREFIX, needed=WRONG_PREFIX)
    days = reading.whole("days", 1, 90, N_("Gib eine Zahl von 1 bis 90 an."), needed=True)
    contact = reading.line("contact", 120, needed=N_("Wer beantwortet Fragen zu Rechnungen?"))
    if not reading.is_ticked("agree"):
        reading.refuse("agree", N_("Setz bitte den Haken. Sonst stellst du deine Rechnungen weiter selbst."))
    from_month = reading.choice("from_month", [month.isoformat() for month in months])
    reading.close()
    return SeriesDraft(prefix or "", days or 1, contact or "", date.fromisoformat(from_month))


def read_invoice_address(form: MultiDict[str, str]) -> InvoiceAddress:
    """Read where a funder's invoices go. Refuses: `InvalidInput`, naming each field."""
    reading = Reading(form)
    street, plz, town = reading.postal()
    found = InvoiceAddress(
        street=street,
        plz=plz,
        town=town,
        invoice_email=reading.email("invoice_email"),
        leitweg_id=reading.leitweg_id("leitweg_id"),
    )
    if not found.invoice_email and not found.leitweg_id:
        reading.refuse("invoice_email", N_("Schreib bitte eine E-Mail-Adresse oder die Leitweg-ID."))
    reading.close()
    return found
