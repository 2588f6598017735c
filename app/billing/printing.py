"""An invoice to read and to print, with its XML inside (ZUGFeRD)."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from app import i18n, typesetting
from app.billing.document import CORRECTION, REASONS, Document, Line
from app.billing.sums import price_of
from app.errors import N_

TEMPLATE = Path(__file__).parent / "invoice.typ"
HEAD = (N_("Nr."), N_("Leistung"), N_("Menge"), N_("Preis netto"), N_("Betrag netto"))


def invoice_pdf(document: Document, xml: bytes, *, made_at: datetime) -> bytes:
    """Return an invoice as PDF/A-3. It speaks German, as the XML does. Refuses: `typesetting.TypesettingError`."""
    with i18n.speaking("de"):
        return typesetting.pdf(TEMPLATE, _data(document), made_at=made_at, xml=xml)


def _data(document: Document) -> dict[str, Any]:
    seller, buyer, sums = document.seller, document.buyer, document.sums
    said = i18n.gettext
    title = said(N_("Rechnungskorrektur")) if document.kind == CORRECTION else said(N_("Rechnung"))
    numbers = ((N_("Steuernummer"), seller.tax_id), (N_("USt-ID"), seller.vat_id))
    return {
        "title": f"{title} {document.number}",
        "seller": [seller.name, seller.address, f"{seller.plz} {seller.town}"],
        "buyer": [buyer.name, buyer.street, f"{buyer.plz} {buyer.town}"],
        "facts": _facts(document),
        "head": [said(word) for word in HEAD],
        "rows": [
            [str(place), line.service, str(line.units), _price(document, line), _money(net)]
            for place, (line, net) in enumerate(zip(document.lines, sums.nets, strict=True), start=1)
        ],
        "sums": _sums(document),
        "total": [said(N_("Zu erstatten")) if sums.gross < 0 else said(N_("Zu zahlen")), _money(sums.gross)],
        "reasons": [f"{REASONS[each.vat]}." for each in sums.taxed if each.vat in REASONS],
        "pay": _payment(document),
        "contact": [
            i18n.gettext("Fragen: %(who)s", who=f"{seller.contact}, {seller.email}, {seller.phone}"),
            ", ".join(f"{said(word)} {number}" for word, number in numbers if number),
        ],
        "inside": said(N_("Diese Datei enthält die Rechnung auch als XML nach EN 16931 (XRechnung, ZUGFeRD).")),
    }


def _facts(document: Document) -> list[list[str]]:
    frame = i18n.gettext("%(first)s bis %(last)s", first=_day(document.first_on), last=_day(document.last_on))
    facts = [(N_("Nummer"), document.number), (N_("Datum"), _day(document.issued_on)), (N_("Zeitraum"), frame)]
    if document.corrects:
        number, day = document.corrects
        facts.append((N_("Korrigiert"), i18n.gettext("%(number)s vom %(day)s", number=number, day=_day(day))))
    facts += [
        (N_("Leitweg-ID"), document.buyer.leitweg_id or ""),
        (N_("USt-ID des Empfängers"), document.buyer.vat_id or ""),
    ]
    return [[i18n.gettext(word), value] for word, value in facts if value]


def _sums(document: Document) -> list[list[str]]:
    sums = document.sums
    found = [[i18n.gettext("Summe netto"), _money(sums.net)]]
    for each in sums.taxed:
        if each.rate:
            words = i18n.gettext("%(rate)s %% Umsatzsteuer auf %(money)s", rate=each.rate, money=_money(each.net))
            found.append([words, _money(each.tax)])
    if sums.rounding:
        found.append([i18n.gettext("Rundung"), _money(sums.rounding)])
    return found


def _payment(document: Document) -> str:
    if document.sums.gross <= 0:
        return i18n.gettext("Nichts ist zu zahlen. Der Betrag wird erstattet oder verrechnet.")
    return i18n.gettext(
        "Bitte bis %(day)s auf %(iban)s überweisen, Verwendungszweck %(number)s.",
        day=_day(document.due_on),
        iban=_grouped(document.seller.iban),
        number=document.number,
    )


def _price(document: Document, line: Line) -> str:
    """The price of one, with as many digits as the XML says."""
    return i18n.format_price(price_of(line.vat, line.cents, line.units, document.first_on))


def _money(cents: int) -> str:
    return i18n.format_money(cents / 100)


def _day(day: date) -> str:
    return i18n.format_day(day, "dd.MM.yyyy")


def _grouped(iban: str) -> str:
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
