"""An invoice as XRechnung 3.0: EN 16931 in the syntax of UN/CEFACT (CII), by drafthorse, which brings the schema."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from drafthorse.models.accounting import ApplicableTradeTax
from drafthorse.models.document import Document as Tree
from drafthorse.models.note import IncludedNote
from drafthorse.models.party import TaxRegistration
from drafthorse.models.payment import PaymentMeans, PaymentTerms
from drafthorse.models.tradelines import LineItem
from lxml import etree

from app.billing.document import CORRECTION, REASONS, Document, Line
from app.billing.sums import Taxed, price_of, rate_of
from app.errors import N_
from app.spaces.models import EXEMPT, SMALL, STANDARD

# XRechnung 3.0, BT-24 and BT-23.
GUIDELINE = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
SCHEMA = "schema/Factur-X_1.0.07_EN16931.xsd"
# UNTDID 1001: commercial invoice, corrected invoice; 4461: SEPA credit transfer; EAS: mail address, Leitweg-ID.
CODES = {"invoice": "380", "correction": "384"}
CREDIT_TRANSFER, BY_MAIL, BY_LEITWEG = "58", "EM", "0204"
# UNTDID 5305: standard rate, exempt. Why it is exempt stands in words (BT-120).
CATEGORIES = {STANDARD: "S", SMALL: "E", EXEMPT: "E"}
# UN/ECE Recommendation 20: one; what is counted stands in the name.
ONE = "C62"
CORRECTS = N_("Korrektur der Rechnung {number} vom {day}")


class InvalidInvoice(Exception):
    """The XML does not follow the schema; that is our mistake."""


def xml(document: Document) -> bytes:
    """Return the XML of an invoice, checked against the schema. The same invoice gives the same bytes.

    Refuses: `InvalidInvoice`.
    """
    tree = Tree()
    tree.context.guideline_parameter.id = GUIDELINE
    tree.context.business_parameter.id = PROCESS
    tree.header.id = document.number
    tree.header.type_code = CODES[document.kind]
    tree.header.issue_date_time = document.issued_on
    if document.kind == CORRECTION and document.corrects is not None:
        number, issued_on = document.corrects
        note = IncludedNote()
        note.content = CORRECTS.format(number=number, day=f"{issued_on:%d.%m.%Y}")
        tree.header.notes.add(note)
        tree.trade.settlement.invoice_referenced_document.issuer_assigned_id = number
        tree.trade.settlement.invoice_referenced_document.issue_date_time = issued_on
    _parties(tree, document)
    for place, (line, net) in enumerate(zip(document.lines, document.sums.nets, strict=True), start=1):
        tree.trade.items.add(_line(place, line, net, document.first_on, document.last_on))
    _settlement(tree, document)
    made: bytes = tree.serialize(schema=None)
    try:
        _schema().assertValid(etree.fromstring(made))
    except (etree.DocumentInvalid, etree.XMLSyntaxError) as error:
        raise InvalidInvoice(str(error)) from error
    return made


@cache
def _schema() -> Any:
    with resources.as_file(resources.files("drafthorse") / SCHEMA) as file:
        return etree.XMLSchema(file=str(file))


def _parties(tree: Any, document: Document) -> None:
    agreement, seller, buyer = tree.trade.agreement, document.seller, document.buyer
    agreement.buyer_reference = buyer.leitweg_id or buyer.id
    agreement.seller.id = seller.id
    agreement.seller.name = seller.name
    agreement.seller.contact.person_name = seller.contact
    agreement.seller.contact.telephone.number = seller.phone
    agreement.seller.contact.email.address = seller.email
    _address(agreement.seller.address, seller.plz, seller.address, seller.town)
    agreement.seller.electronic_address.uri_ID = (BY_MAIL, seller.email)
    for scheme, number in (("FC", seller.tax_id), ("VA", seller.vat_id)):
        if number:
            _register(agreement.seller, scheme, number)
    agreement.buyer.id = buyer.id
    agreement.buyer.name = buyer.name
    _address(agreement.buyer.address, buyer.plz, buyer.street, buyer.town)
    if buyer.leitweg_id:
        agreement.buyer.electronic_address.uri_ID = (BY_LEITWEG, buyer.leitweg_id)
    elif buyer.email:
        agreement.buyer.electronic_address.uri_ID = (BY_MAIL, buyer.email)
    if buyer.vat_id:
        _register(agreement.buyer, "VA", buyer.vat_id)


def _address(found: Any, plz: str, street: str, town: str) -> None:
    found.postcode, found.line_one, found.city_name, found.country_id = plz, street, town, "DE"


def _register(party: Any, scheme: str, number: str) -> None:
    registration = TaxRegistration()
    registration.id = (scheme, number)
    party.tax_registrations.add(registration)


def _line(place: int, line: Line, net: int, first_on: date, last_on: date) -> Any:
    """One position. Its price is per half-day, its amount what `sums` has given it."""
    item = LineItem()
    item.document.line_id = str(place)
    item.product.name = line.service
    item.agreement.net.amount = price_of(line.vat, line.cents, line.units, first_on)
    item.delivery.billed_quantity = (Decimal(line.units), ONE)
    item.settlement.trade_tax.type_code = "VAT"
    item.settlement.trade_tax.category_code = CATEGORIES[line.vat]
    item.settlement.trade_tax.rate_applicable_percent = rate_of(line.vat, first_on)
    item.settlement.period.start, item.settlement.period.end = first_on, last_on
    item.settlement.monetary_summation.total_amount = _euros(net)
    return item


def _settlement(tree: Any, document: Document) -> None:
    settlement, sums = tree.trade.settlement, document.sums
    tree.trade.delivery.event.occurrence = document.last_on
    settlement.currency_code = "EUR"
    settlement.payment_reference = document.number
    means = PaymentMeans()
    means.type_code = CREDIT_TRANSFER
    means.payee_account.iban = document.seller.iban
    means.payee_account.account_name = document.seller.name
    settlement.payment_means.add(means)
    for category in dict.fromkeys(CATEGORIES[each.vat] for each in sums.taxed):
        settlement.trade_tax.add(_tax([each for each in sums.taxed if CATEGORIES[each.vat] == category]))
    settlement.period.start, settlement.period.end = document.first_on, document.last_on
    if sums.gross > 0:
        terms = PaymentTerms()
        terms.due = document.due_on
        settlement.terms.add(terms)
    total = settlement.monetary_summation
    total.line_total = total.tax_basis_total = _euros(sums.net)
    total.tax_total = (_euros(sums.tax), "EUR")
    if sums.rounding:
        total.rounding_amount = _euros(sums.rounding)
    total.grand_total = _euros(sums.net + sums.tax)
    total.due_amount = _euros(sums.gross)


def _tax(several: Sequence[Taxed]) -> Any:
    """One breakdown for a category of EN 16931, whatever reasons for an exemption are in it (BR-E-01)."""
    found = ApplicableTradeTax()
    found.type_code = "VAT"
    found.category_code = CATEGORIES[several[0].vat]
    found.rate_applicable_percent = several[0].rate
    found.basis_amount = _euros(sum(each.net for each in several))
    found.calculated_amount = _euros(sum(each.tax for each in several))
    reasons = [REASONS[each.vat] for each in several if each.vat in REASONS]
    if reasons:
        found.exemption_reason = "; ".join(reasons)
    return found


def _euros(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
