"""Files to take along."""

from __future__ import annotations

from flask import Response

from app import clock, spreadsheets
from app.billing import queries
from app.billing.printing import invoice_pdf

TYPES = {"pdf": "application/pdf", "csv": spreadsheets.TYPE, "xml": "application/xml"}


def invoice_file(label: str, kind: str, **whose: int) -> Response:
    """Return an invoice as `pdf` or `xml`. Refuses: `NotFound`."""
    document, xml = queries.invoice_document(label, **whose)
    if kind == "xml":
        return attached(xml, f"{label}.xml")
    return attached(invoice_pdf(document, xml, made_at=clock.now()), f"{label}.pdf")


def attached(content: bytes, name: str) -> Response:
    """Return a file that is saved and not shown."""
    response = Response(content, content_type=TYPES[name.rpartition(".")[2]])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
