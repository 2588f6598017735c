"""Statements, lines, entries and invoices agree, and what does not is found; what is old enough goes."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import func, select, text, update

from app.billing import steps
from app.billing.models import Invoice, InvoiceSeries, Statement, StatementCentre, StatementEntry, StatementLine
from app.employers.models import Employer
from app.jobs import queries
from app.transaction import write
from tests.billing.services import BUYER, WEDNESDAY, issue, know, post, used
from tests.factories import make_employer, make_person, make_quota, make_statement


def _kinds():
    return sorted({finding.kind for finding in queries.findings()})


@pytest.fixture
def billed(db, people, quota, series, now):
    used(people[0], now)
    other = make_person("Zoe Zweite").id
    make_quota(make_employer("Zweite GmbH", other))
    used(other, now, WEDNESDAY)
    post()
    issue()
    return db


def test_nothing_is_found_where_all_is_well(billed):
    assert _kinds() == []


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ("UPDATE statements SET cents = cents + 1 WHERE id = 1", ["statement_drifted"]),
        ("UPDATE statement_lines SET units = units + 1 WHERE id = 1", ["statement_drifted"]),
        ("UPDATE statement_lines SET cents = cents + 1 WHERE id = 1", ["invoice_drifted", "statement_drifted"]),
        (
            "UPDATE statement_entries SET statement_id = 2 WHERE statement_id = 1",
            ["billed_wrongly", "statement_drifted"],
        ),
        ("UPDATE invoice_series SET last = 2", ["number_missing"]),
        ("UPDATE invoices SET number = 2", ["number_missing"]),
        ("UPDATE invoices SET digest = 'x'", ["invoice_changed"]),
        ("UPDATE statement_lines SET invoice_id = NULL", ["invoice_drifted"]),
    ],
)
def test_what_does_not_agree_is_found(billed, change, kinds):
    billed.session.execute(text(change))
    billed.session.commit()
    assert _kinds() == kinds


def test_nothing_is_on_two_statements(billed):
    billed.session.rollback()
    with pytest.raises(Exception, match="statement_entries"):
        billed.session.execute(text("INSERT INTO statement_entries SELECT entry_id, 2 FROM statement_entries"))
    billed.session.rollback()


def test_numbers_whose_years_are_over_may_be_gone(billed):
    know(billed.session.scalars(select(Employer).filter_by(name="Zweite GmbH")).one(), **BUYER)
    assert issue() == ["BB-00002"]
    # One that was issued between them a year before went after its years.
    first, second = billed.session.scalars(select(Invoice.id).order_by(Invoice.number))
    billed.session.execute(update(Invoice).where(Invoice.id == first).values(issued_on=date(2025, 12, 15)))
    billed.session.execute(update(Invoice).where(Invoice.id == second).values(number=3))
    billed.session.execute(update(InvoiceSeries).values(last=3))
    billed.session.commit()
    assert _kinds() == ["number_missing"]
    with time_machine.travel(datetime(2034, 6, 1, tzinfo=UTC)):
        assert _kinds() == []
    with time_machine.travel(datetime(2040, 6, 1, tzinfo=UTC)):
        assert _kinds() == []


@pytest.mark.parametrize(
    ("at", "is_kept"),
    [
        # Issued in 2026: kept to the end of 2034, in Berlin.
        (datetime(2034, 12, 31, 22, 59, tzinfo=UTC), True),
        (datetime(2034, 12, 31, 23, 0, tzinfo=UTC), False),
    ],
)
def test_vouchers_are_kept_to_the_end_of_the_eighth_year(billed, at, is_kept):
    sweep = write(lambda: steps.sweep(now=at, limit=100))
    sweep()
    billed.session.expire_all()
    parts = (Invoice, Statement, StatementCentre, StatementEntry, StatementLine)
    left = {part.__name__: billed.session.scalar(select(func.count()).select_from(part)) for part in parts}

    assert any(left.values()) is is_kept, left
    assert sweep() == 0


def test_a_correction_on_the_same_statement_keeps_nothing_longer(billed):
    """Whose seller is found later can be billed and corrected in one month; other statements change nothing in that."""
    [invoice] = billed.session.scalars(select(Invoice))
    facts = {column.name: getattr(invoice, column.name) for column in Invoice.__table__.columns if column.name != "id"}
    corrected = {"number": 2, "label": "BB-00002", "kind": "correction", "corrects_id": invoice.id}
    billed.session.add(Invoice(**{**facts, **corrected}))
    later = make_statement(make_employer("Dritte GmbH"), posted_at=datetime(2034, 12, 15, tzinfo=UTC))
    billed.session.commit()
    write(lambda: steps.sweep(now=datetime(2036, 1, 1, tzinfo=UTC), limit=100))()
    assert billed.session.scalars(select(Invoice.id)).all() == []
    assert billed.session.scalars(select(Statement.id)).all() == [later.id]
