"""Invoices as XRechnung: schema and rules of EN 16931, the German ones, and sums that agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from app.billing import einvoice
from app.billing.document import Document, Line
from tests.billing.rules import NAMES, broken, cents
from tests.billing.samples import BUYER, DESK, INVOICE, SELLER

CORRECTION = replace(
    INVOICE,
    number="BB-00002",
    kind="correction",
    corrects=("BB-00001", date(2026, 12, 15)),
    lines=(replace(DESK, units=-2, cents=-1900),),
)
CASES = {
    "standard": INVOICE,
    "several lines": replace(INVOICE, lines=(DESK, replace(DESK, space="Hof", units=3, cents=2_101))),
    "small business": replace(
        INVOICE, seller=replace(SELLER, vat_id=None), lines=(replace(DESK, vat="small", units=7, cents=6_303),)
    ),
    "exempt rooms": replace(INVOICE, lines=(DESK, replace(DESK, kind="room", vat="exempt", units=2, cents=2_000))),
    "two reasons not to tax": replace(
        INVOICE, lines=(replace(DESK, vat="small"), replace(DESK, kind="room", vat="exempt"))
    ),
    "public buyer": replace(INVOICE, buyer=replace(BUYER, leitweg_id="05515-31002-15", email=None)),
    "buyer with a VAT id": replace(INVOICE, buyer=replace(BUYER, vat_id="DE136695976")),
    "a share of the price": replace(INVOICE, lines=(replace(DESK, is_share=True, cents=12_345),)),
    "a cent to round": replace(INVOICE, lines=(replace(DESK, units=1, cents=3),)),
    "correction": CORRECTION,
    "correction both ways": replace(CORRECTION, lines=(*CORRECTION.lines, replace(DESK, units=1, cents=1_000))),
}


@pytest.mark.parametrize("document", CASES.values(), ids=CASES)
def test_an_invoice_keeps_to_all_rules(document):
    made = einvoice.xml(document)

    assert broken(made) == []
    assert cents(made, "DuePayableAmount") == document.sums.gross == sum(line.cents for line in document.lines)
    assert cents(made, "TaxTotalAmount") == document.sums.tax


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.builds(
            Line,
            space=st.sampled_from(["Hof", "Alte Schule", "Wagen & Co"]),
            kind=st.sampled_from(["desk", "room"]),
            vat=st.sampled_from(["standard", "exempt"]),
            is_share=st.booleans(),
            units=st.integers(1, 400),
            cents=st.integers(1, 500_000),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_so_does_any_other(lines):
    document = replace(INVOICE, lines=tuple(lines))
    made = einvoice.xml(document)

    assert broken(made) == []
    assert cents(made, "DuePayableAmount") == sum(line.cents for line in lines)
    for item in etree.fromstring(made).findall(".//ram:IncludedSupplyChainTradeLineItem", NAMES):
        price = Decimal(item.findtext(".//ram:ChargeAmount", namespaces=NAMES))
        quantity = Decimal(item.findtext(".//ram:BilledQuantity", namespaces=NAMES))
        amount = Decimal(item.findtext(".//ram:LineTotalAmount", namespaces=NAMES))
        assert abs(price * quantity - amount) <= Decimal("0.02")  # PEPPOL-EN16931-R120


@pytest.mark.parametrize(
    ("wrong", "right", "rule"),
    [
        (b"<ram:GrandTotalAmount>351.50<", b"<ram:GrandTotalAmount>351.51<", "BR-CO-15"),
        (b"<ram:RateApplicablePercent>19<", b"<ram:RateApplicablePercent>7<", "BR-S-0"),
        (b"<ram:BuyerReference>beispiel</ram:BuyerReference>", b"", "BR-DE-15"),
        (b"<ram:TypeCode>380</ram:TypeCode>", b"", "TypeCode"),
    ],
)
def test_the_rules_find_what_is_wrong(wrong, right, rule):
    made = einvoice.xml(INVOICE)
    assert wrong in made
    assert any(rule in each for each in broken(made.replace(wrong, right)))


def test_the_same_invoice_gives_the_same_bytes():
    assert einvoice.xml(INVOICE) == einvoice.xml(Document.unpacked(INVOICE.packed()))


def test_it_comes_back_as_it_was_stored():
    for document in CASES.values():
        assert Document.unpacked(document.packed()) == document


def test_what_does_not_follow_the_schema_is_not_issued():
    with pytest.raises(einvoice.InvalidInvoice):
        einvoice.xml(replace(INVOICE, lines=()))


def test_names_are_no_markup():
    found = etree.fromstring(einvoice.xml(INVOICE)).xpath("//ram:BuyerTradeParty/ram:Name", namespaces=NAMES)
    assert found[0].text == "Beispiel & Söhne <GmbH>"
