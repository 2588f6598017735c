"""Who sells in the demo, and what was owed for the months before."""

from __future__ import annotations

import json
from datetime import datetime

from app import clock
from app.billing import operations, queries
from app.billing.operations import SeriesDraft
from app.billing.operations.issuing import issue_invoice
from app.demo.payers import FILE, SINCE
from app.funding import operations as funding
from app.funding import queries as programmes
from app.funding.operations import InvoiceAddress
from app.spaces import operations as spaces
from app.spaces import queries as known
from app.spaces.operations import OperatorDraft

SERIES = ("prefix", "days", "contact")


def agree(people: dict[str, int], *, now: datetime) -> None:
    """Let the hosts of the cast say what invoices need, and agree to them, unless they have."""
    for key, said in json.loads(FILE.read_text(encoding="utf-8"))["sellers"].items():
        space = known.hosted(people[key])[0]
        if queries.sales_of(space.operator_id or 0).prefix is None:
            facts = {name: value for name, value in said.items() if name not in SERIES}
            first = queries.first_of(clock.local_day(now, programmes.TIMEZONE) - SINCE)
            series = SeriesDraft(**{name: said[name] for name in SERIES}, from_month=first)
            spaces.change_operator(slug=space.slug, person_id=people[key], draft=OperatorDraft(**facts), now=now)
            operations.change_series(slug=space.slug, person_id=people[key], draft=series, now=now)


def bill(officer: int, *, now: datetime) -> tuple[int, int]:
    """Post the statements of the months before, with their invoices. Returns how many of each."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    for each in programmes.programmes_before(officer):
        if each.name == found["programme"]["name"] and queries.invoice_address(each.id)["street"] is None:
            address = InvoiceAddress(**found["address"])
            funding.change_invoice_address(slug=each.slug, address=address, actor="shell", now=now)
    issued = 0
    month = programmes.due_month(clock.local_day(now, programmes.TIMEZONE))
    operations.begin_statements(month=month, now=now)
    posted = sum(operations.post_statement(statement_id=each, now=now) for each in queries.statements_waiting())
    for due in queries.invoices_due():
        issued += issue_invoice(**vars(due), now=now) is not None
    return posted, issued
