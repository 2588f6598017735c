"""The pages about what is owed: payers read and take along, sellers agree to invoices, files say the same."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pypdfium2
import pytest
from lxml import etree
from pypdf import PdfReader
from sqlalchemy import select

from app.billing import printing
from app.billing.models import Invoice, InvoiceSeries, StatementLine
from app.employers.models import Employer
from tests.billing.rules import broken, cents
from tests.billing.samples import DESK, INVOICE
from tests.billing.services import DAY_15, WEDNESDAY, issue, know, post, seller, used
from tests.factories import make_employment, make_host, make_officer, make_programme, make_quota, make_space

HOME = "/arbeitgeber/beispiel/abrechnungen"
NOVEMBER = f"{HOME}/2026-11"
SERIES = {"prefix": "BB", "days": "14", "contact": "Hana Host", "agree": "ja", "from_month": "2026-11-01"}


@pytest.fixture
def agent(db, cast, employer, as_):
    know(db.session.get(Employer, employer.id), slug="beispiel")
    make_employment(employer, cast["hana"], role="agent")
    return as_("hana")


@pytest.fixture
def posted(people, quota, series, now):
    used(people[0], now)
    used(people[1], now, WEDNESDAY, "morning")
    post()
    issue()


@pytest.fixture
def host(db, cast, operator, as_):
    make_host(cast["hugo"], operator_id=operator.id)
    return as_("hugo")


def _rows(answer):
    text = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def _text(pdf):
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def _said(text):
    """The amounts that a text names, in cents."""
    return [int(found.replace(".", "").replace(",", "")) for found in re.findall(r"-?[\d.]+,\d\d(?=\s*€)", text)]


def test_before_the_first_one_the_page_says_when_it_comes(agent):
    assert "Noch keine Abrechnung" in agent.get(HOME).text


def test_page_csv_pdf_and_invoice_say_the_same_sum(db, agent, posted):
    page = agent.get(NOVEMBER).text
    assert "28,50" in page
    assert "BB-00001" in page

    rows = _rows(agent.get(f"{NOVEMBER}/csv"))
    assert sum(int(row["Euro brutto"].replace(",", "")) for row in rows) == 2850
    assert sum(int(row["halbe Tage"]) for row in rows) == 3
    vouchers = _rows(agent.get(f"{NOVEMBER}/belege"))
    assert sum(int(row["Euro brutto"].replace(",", "")) for row in vouchers) == 2850
    assert 2850 in _said(_text(agent.get(f"{NOVEMBER}/pdf").data))

    xml = agent.get(f"{NOVEMBER}/rechnungen/BB-00001.xml").data
    pdf = agent.get(f"{NOVEMBER}/rechnungen/BB-00001.pdf").data
    assert cents(xml, "DuePayableAmount") == 2850
    assert _said(_text(pdf))[-1] == 2850
    assert xml == db.session.scalars(select(Invoice)).one().xml


def test_the_pdf_is_for_the_archive_and_holds_the_xml(agent, posted):
    pdf = PdfReader(io.BytesIO(agent.get(f"{NOVEMBER}/rechnungen/BB-00001.pdf").data))
    [inside] = pdf.attachments["factur-x.xml"]
    metadata = etree.tostring(etree.fromstring(pdf.trailer["/Root"]["/Metadata"].get_data().strip()))

    assert broken(inside) == []
    assert b"<pdfaid:part>3</pdfaid:part>" in metadata
    assert b"XRECHNUNG" in metadata
    assert "/OutputIntents" in pdf.trailer["/Root"]


def test_no_name_and_no_day_is_on_any_of_it(agent, posted):
    for path in ("", "/csv", "/belege"):
        text = agent.get(f"{NOVEMBER}{path}").data.decode("utf-8-sig")
        assert "Beispiel 0" not in text
        assert not re.search(r"2[45]\. ?(11|November)|2026-11-2[45]", text)
    for kind in ("pdf", "rechnungen/BB-00001.pdf"):
        assert "24.11" not in _text(agent.get(f"{NOVEMBER}/{kind}").data)


def test_vouchers_cannot_be_told_from_bookings_and_the_person_finds_them(db, agent, as_, cast, employer, quota, now):
    make_employment(employer, cast["ana"])
    booking = used(cast["ana"], now)
    post()

    [voucher] = _rows(agent.get(f"{NOVEMBER}/belege"))
    assert re.fullmatch(r"[A-Z2-7]{10}", voucher["Beleg"])
    assert booking.uuid.hex[:8].upper() not in voucher["Beleg"]
    assert f"Beleg {voucher['Beleg']}" in as_("ana").get("/profil/kontingente").text


def test_a_space_without_an_operator_stands_beside_the_others(db, agent, people, quota, now):
    make_space("ohne", seats=2, price_cents=700)
    used(people[0], now)
    used(people[1], now, space="ohne")
    post()
    page = agent.get(NOVEMBER).text
    assert "Betreiber unbekannt" in page
    assert "Beispiel-Büros eG" in page


@pytest.mark.parametrize("month", ["2026-10", "2026-13", "hallo", "2026-11-01"])
def test_a_month_without_a_statement_is_not_there(agent, posted, month):
    assert agent.get(f"{HOME}/{month}").status_code == 404


def test_formulas_are_defused(db, agent, posted):
    db.session.query(StatementLine).update({"space": "=HYPERLINK(1)"})
    db.session.commit()
    assert _rows(agent.get(f"{NOVEMBER}/csv"))[0]["Ort"] == "'=HYPERLINK(1)"


def test_what_is_missing_is_named_with_the_way_to_say_it(db, agent, employer, people, quota, now):
    used(people[0], now)
    post()
    page = agent.get(NOVEMBER).text
    assert "E-Mail für Rechnungen oder Leitweg-ID" in page
    assert "/arbeitgeber/beispiel/angaben" in page


def test_the_host_sees_what_is_owed_without_names(host, posted):
    page = host.get("/gastgeber/wagen/abrechnung").text
    assert "Beispiel GmbH" in page
    assert "28,50" in page
    assert "Beispiel 0" not in page
    assert host.get("/gastgeber/wagen/rechnungen/BB-00001.xml").data.startswith(b"<?xml")


def test_the_host_agrees_changes_and_ends(db, host, people, quota, now):
    path = "/gastgeber/wagen/abrechnung"
    assert host.submit(path, SERIES | {"agree": ""}).status_code == 422
    assert host.submit(path, SERIES | {"prefix": "bb"}).status_code == 422
    assert host.submit(path, SERIES | {"days": "0"}).status_code == 422
    assert host.submit(path, SERIES | {"from_month": "2020-01-01"}).status_code == 422
    assert host.submit(path, SERIES).status_code == 303
    row = db.session.scalars(select(InvoiceSeries)).one()
    assert (row.prefix, row.days, row.contact, row.ended_at) == ("BB", 14, "Hana Host", None)

    assert host.submit(f"{path}/beenden", {}).status_code == 303
    assert host.get(f"{path}/beenden").location == path, "nothing is left to ask"
    db.session.rollback()
    assert db.session.scalars(select(InvoiceSeries)).one().ended_at is not None
    assert host.submit(path, SERIES).status_code == 303
    db.session.rollback()
    assert db.session.scalars(select(InvoiceSeries)).one().ended_at is None


def test_before_invoices_end_a_page_asks(db, host, posted):
    path = "/gastgeber/wagen/abrechnung"
    assert f'action="{path}/beenden"' not in host.get(path).text
    assert f'href="{path}/beenden"' in host.get(path).text
    page = host.get(f"{path}/beenden").text
    assert "Rechnungen wieder selbst stellen?" in page
    assert f'action="{path}/beenden"' in page
    assert db.session.scalars(select(InvoiceSeries)).one().ended_at is None, "asking ends nothing"


def test_the_pdf_prints_prices_as_the_xml_says_and_amounts_with_two_decimals(agent, people, quota, series, now):
    for person in people[:7]:
        used(person, now)
    post()
    issue()
    xml = agent.get(f"{NOVEMBER}/rechnungen/BB-00001.xml").data
    text = _text(agent.get(f"{NOVEMBER}/rechnungen/BB-00001.pdf").data)
    prices = etree.fromstring(xml).xpath("//*[local-name()='NetPriceProductTradePrice']/*[local-name()='ChargeAmount']")
    assert prices
    for price in prices:
        whole, _, cents = price.text.rstrip("0").partition(".")
        assert f"{whole},{cents:0<2} €" in text.replace("\xa0", " ")
    assert len(prices[0].text.rstrip("0")) > len("7.98"), "one that ends with the cent proves nothing"
    amounts = re.findall(r"([\d.,]+)\s€", text)
    assert [each for each in amounts if not re.search(r",\d\d", each)] == []


def test_a_price_in_whole_euros_is_printed_with_its_cents(app):
    with app.test_request_context():
        prices = [printing._price(INVOICE, replace(DESK, vat="small", units=5, cents=cents)) for cents in (5000, 5001)]
    assert [price.replace("\xa0", " ") for price in prices] == ["10,00 €", "10,002 €"]


def test_a_prefix_stays_once_invoices_are_out(host, posted):
    answer = host.submit("/gastgeber/wagen/abrechnung", SERIES | {"prefix": "NEU"})
    assert answer.status_code == 422
    assert "deshalb bleibt es" in answer.text


def test_a_prefix_of_somebody_else_is_refused(db, host, people):
    other = InvoiceSeries(
        operator_id=seller("andere").id, prefix="BB", last=0, days=14, contact="Kim", from_month=DAY_15.date()
    )
    other.agreed_by, other.agreed_at = "kim", DAY_15
    db.session.add(other)
    db.session.commit()
    answer = host.submit("/gastgeber/wagen/abrechnung", SERIES)
    assert "anderen Betreibers" in answer.text


def test_an_officer_reads_a_programmes_statement_and_says_where_invoices_go(db, cast, as_, people, series, now):
    pilot = make_programme(share_percent=60)
    make_quota(pilot, scope="person", units=8)
    make_quota(pilot, scope="pool", units=100)
    make_officer(cast["kari"])
    used(people[0], now, payer="programme-pilot")
    post()
    kari = as_("kari")
    home = "/kreis/programme/pilot"

    page = kari.get(f"{home}/abrechnungen/2026-11").text
    assert "11,40" in page
    assert "Anteil am Preis" in page
    address = {"street": "Markt 1", "plz": "48653", "town": "Coesfeld", "leitweg_id": "", "invoice_email": ""}
    assert kari.submit(f"{home}/rechnungsadresse", address).status_code == 422
    assert kari.submit(f"{home}/rechnungsadresse", address | {"leitweg_id": "05515-31002-15"}).status_code == 303
    assert "Markt 1" in kari.get(f"{home}/rechnungsadresse").text
    assert issue() == ["BB-00001"]
    assert kari.get(f"{home}/abrechnungen/2026-11/rechnungen/BB-00001.xml").status_code == 200


def test_in_english_a_space_is_no_town(agent, posted):
    page = agent.get(f"{NOVEMBER}?lang=en").text
    assert ">Space<" in page
    assert ">Town<" not in page
    assert "Space" in _rows(agent.get(f"{NOVEMBER}/csv?lang=en"))[0]
