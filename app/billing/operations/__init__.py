"""Every public verb is one transaction. Issuing invoices is the worker's: `app.billing.operations.issuing`."""

from app.billing.operations.posting import begin_statements, find_sellers, post_statement
from app.billing.operations.series import PrefixTaken, PrefixUsed, SeriesDraft, change_series, end_series

__all__ = [
    "PrefixTaken",
    "PrefixUsed",
    "SeriesDraft",
    "begin_statements",
    "change_series",
    "end_series",
    "find_sellers",
    "post_statement",
]
