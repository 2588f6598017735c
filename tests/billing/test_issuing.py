"""Invoices: one per seller, payer and month, numbered without gaps, never changed, corrected by new ones."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.billing import queries
from app.billing.models import Invoice, InvoiceSeries, StatementLine
from app.billing.operations.issuing import issue_invoice
from app.checkins.models import Checkin
from app.employers.models import Employer
from app.spaces.models import Operator
from tests.billing.rules import broken, cents
from tests.billing.services import (
    DAY_15,
    DECEMBER,
    IN_DECEMBER,
    IN_JANUARY,
    NOVEMBER,
    WEDNESDAY,
    issue,
    know,
    post,
    settle,
    used,
)
from tests.factories import make_employer, make_person, make_programme, make_quota, make_space


def _invoices(db):
    return db.session.scalars(select(Invoice).order_by(Invoice.id)).all()


@pytest.fixture
def posted(people, quota, series, now):
    used(people[0], now)
    used(people[1], now, WEDNESDAY, "morning")
    post()


def test_an_invoice_carries_what_the_statement_says(db, operator, posted):
    assert issue() == ["BB-00001"]

    [invoice] = _invoices(db)
    assert (invoice.cents, invoice.kind, invoice.month) == (2850, "invoice", NOVEMBER)
    assert (invoice.net_cents, invoice.tax_cents, invoice.rounding_cents) == (2395, 455, 0)
    assert cents(invoice.xml, "DuePayableAmount") == 2850
    assert broken(invoice.xml) == []
    assert hashlib.sha256(invoice.xml).hexdigest() == invoice.digest
    assert set(db.session.scalars(select(StatementLine.invoice_id))) == {invoice.id}


def test_issuing_twice_is_issuing_once(db, operator, posted):
    [due] = queries.invoices_due()
    first = issue_invoice(operator_id=operator.id, statement_id=due.statement_id, month=due.month, now=DAY_15)
    again = issue_invoice(operator_id=operator.id, statement_id=due.statement_id, month=due.month, now=DAY_15)

    assert (first, again, queries.invoices_due()) == ("BB-00001", None, [])


def test_numbers_leave_no_gap_and_each_payer_has_its_own(db, people, posted, now):
    other = make_person("Zoe Zweite").id
    second = make_employer("Zweite GmbH", other, legal_name="Zweite GmbH", street="Weg 1", plz="48653", town="Coesfeld")
    know(second, invoice_email="post@zweite.example")
    make_quota(second)
    used(other, now)
    post()

    assert issue() == ["BB-00001", "BB-00002"]
    assert [invoice.number for invoice in _invoices(db)] == [1, 2]


def test_a_later_correction_is_a_document_of_its_own(db, people, quota, series, now):
    booking = used(people[0], now)
    used(people[1], now, WEDNESDAY)
    post()
    issue()
    before = _invoices(db)[0].xml
    db.session.query(Checkin).filter_by(booking_id=booking.id).update({"verdict": "rejected", "reason": "no_booking"})
    db.session.commit()
    settle(booking.ends_at + timedelta(hours=2))
    used(people[2], now, IN_DECEMBER)
    post(DECEMBER, IN_JANUARY)

    assert issue(IN_JANUARY) == ["BB-00002", "BB-00003"]
    first, correction, december = _invoices(db)
    assert first.xml == before
    assert (correction.kind, correction.corrects_id, correction.month, correction.cents) == (
        "correction",
        first.id,
        NOVEMBER,
        -1900,
    )
    assert (december.kind, december.month, december.cents) == ("invoice", DECEMBER, 1900)
    assert broken(correction.xml) == []
    assert b"<ram:TypeCode>384</ram:TypeCode>" in correction.xml
    assert b"BB-00001" in correction.xml


@pytest.mark.parametrize("name", ["legal_name", "address", "plz", "town", "email", "phone", "iban", "tax_id"])
def test_nothing_goes_out_while_the_seller_lacks_something(db, operator, posted, name):
    know(operator, **{name: None})
    assert issue() == []
    assert queries.sales_of(operator.id).missing == (name,)

    [statement_id] = set(db.session.scalars(select(StatementLine.statement_id)))
    assert issue_invoice(operator_id=operator.id, statement_id=statement_id, month=NOVEMBER, now=DAY_15) is None


@pytest.mark.parametrize("name", ["legal_name", "street", "plz", "town", "invoice_email"])
def test_nothing_goes_out_while_the_payer_lacks_something(db, employer, posted, name):
    know(db.session.get(Employer, employer.id), **{name: None})
    [statement_id] = set(db.session.scalars(select(StatementLine.statement_id)))

    assert issue() == []
    assert queries.buyer_of(statement_id)[1] == (name,)


def test_a_public_body_is_reached_by_its_leitweg_id(db, employer, posted):
    know(db.session.get(Employer, employer.id), invoice_email=None, leitweg_id="05515-31002-15")
    assert issue() == ["BB-00001"]
    [invoice] = _invoices(db)
    assert b"<ram:BuyerReference>05515-31002-15</ram:BuyerReference>" in invoice.xml
    assert b'schemeID="0204"' in invoice.xml


def test_what_the_operator_billed_itself_is_not_billed_again(db, series, posted):
    know(db.session.get(InvoiceSeries, series.operator_id), from_month=DECEMBER)
    assert issue() == []
    [statement_id] = set(db.session.scalars(select(StatementLine.statement_id)))
    assert issue_invoice(operator_id=series.operator_id, statement_id=statement_id, month=NOVEMBER, now=DAY_15) is None


def test_a_correction_that_finds_no_invoice_is_not_asked_for(db, series, posted):
    db.session.query(StatementLine).update({"units": -3, "cents": -2850})
    db.session.commit()
    assert queries.invoices_due() == []


def test_nothing_goes_out_before_the_operator_agrees(db, people, quota, now):
    used(people[0], now)
    post()
    assert issue() == []


def test_what_was_booked_before_vat_was_known_is_charged_as_said_now(db, operator, people, quota, series, now):
    know(operator, desk_vat=None, room_vat=None)
    used(people[0], now)
    post()
    assert issue() == []
    know(db.session.get(Operator, operator.id), desk_vat="small", room_vat="small")
    assert issue() == ["BB-00001"]
    assert _invoices(db)[0].tax_cents == 0


def test_a_programme_is_sent_its_share(db, people, series, now):
    pilot = make_programme(share_percent=60)
    make_quota(pilot, scope="person", units=8)
    make_quota(pilot, scope="pool", units=100)
    know(pilot, street="Markt 1", plz="48653", town="Coesfeld", leitweg_id="05515-31002-15")
    used(people[0], now, payer="programme-pilot")
    post()

    assert issue() == ["BB-00001"]
    [invoice] = _invoices(db)
    assert (invoice.cents, invoice.document["buyer"]["name"]) == (1140, pilot.funder)
    assert "Anteil" in invoice.xml.decode()
    assert broken(invoice.xml) == []


def test_what_costs_nothing_is_on_no_invoice(db, people, quota, series, now):
    make_space("frei", seats=2, price_cents=0)
    used(people[0], now, space="frei")
    post()
    assert issue() == []
