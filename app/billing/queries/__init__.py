"""What is owed: statements of payers, invoices of sellers, and what is still to be done for a month."""

from app.billing.queries.centres import centres_of
from app.billing.queries.due import (
    Progress,
    ToIssue,
    invoices_due,
    is_behind,
    payers_due,
    progress,
    statements_waiting,
)
from app.billing.queries.months import YEARS_KEPT, first_kept, first_of, last_of, next_month
from app.billing.queries.parties import VAT, Sales, buyer_of, invoice_address, sales_of
from app.billing.queries.statements import (
    InvoiceFacts,
    LineFacts,
    OwedFacts,
    StatementFacts,
    invoice_document,
    invoice_of_operator,
    invoice_of_statement,
    owed_to,
    statement_of,
    statements_of,
)
from app.billing.queries.vouchers import Voucher, vouchers, vouchers_of_bookings

__all__ = [
    "VAT",
    "YEARS_KEPT",
    "InvoiceFacts",
    "LineFacts",
    "OwedFacts",
    "Progress",
    "Sales",
    "StatementFacts",
    "ToIssue",
    "Voucher",
    "buyer_of",
    "centres_of",
    "first_kept",
    "first_of",
    "invoice_address",
    "invoice_document",
    "invoice_of_operator",
    "invoice_of_statement",
    "invoices_due",
    "is_behind",
    "last_of",
    "next_month",
    "owed_to",
    "payers_due",
    "progress",
    "sales_of",
    "statement_of",
    "statements_of",
    "statements_waiting",
    "vouchers",
    "vouchers_of_bookings",
]
