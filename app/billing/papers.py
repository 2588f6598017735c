"""Statements as files: what stands on the page, to keep, to print and to calculate with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from app import i18n, spreadsheets, typesetting
from app.billing.queries import LineFacts, StatementFacts, Voucher
from app.errors import N_
from app.spaces.models import EXEMPT, FREE, SMALL, STANDARD
from app.spreadsheets import Cell

FOLDER = Path(__file__).parent
KINDS = {"desk": N_("Plätze"), "room": N_("Räume")}
VAT = {
    STANDARD: N_("mit 19 % Umsatzsteuer"),
    SMALL: N_("ohne Umsatzsteuer (§ 19 UStG)"),
    EXEMPT: N_("ohne Umsatzsteuer (§ 4 Nr. 12 UStG)"),
    FREE: N_("kostenlos"),
    None: N_("noch nicht bekannt"),
}
HEAD = (
    N_("Betreiber"),
    N_("Ort"),
    N_("Monat der Nutzung"),
    N_("Art"),
    N_("Umsatzsteuer"),
    N_("Rechnung"),
    N_("halbe Tage"),
    N_("Euro brutto"),
)
VOUCHER_HEAD = (N_("Beleg"), N_("halbe Tage"), N_("Euro brutto"))


def month_name(month: date) -> str:
    return i18n.format_day(month, "MMMM yyyy")


def euros(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


@dataclass(frozen=True)
class StatementPaper:
    """A statement of one payer, with its lines and cost centres."""

    payer: str
    statement: StatementFacts
    lines: Sequence[LineFacts]
    centres: Sequence[tuple[str | None, int, int]]

    @property
    def title(self) -> str:
        return i18n.gettext("Abrechnung %(month)s", month=month_name(self.statement.month))

    def csv(self) -> bytes:
        """Return its lines; the last column adds up to the total of the statement."""
        return spreadsheets.csv_file([i18n.gettext(word) for word in HEAD], [self._row(line) for line in self.lines])

    def _row(self, line: LineFacts) -> list[Cell]:
        return [
            line.operator,
            line.space,
            f"{line.month:%Y-%m}",
            i18n.gettext(KINDS[line.kind]),
            i18n.gettext(VAT[line.vat]),
            line.invoice,
            line.units,
            euros(line.cents) if line.is_priced else None,
        ]

    def pdf(self) -> bytes:
        """Refuses: `typesetting.TypesettingError`."""
        return typesetting.pdf(FOLDER / "statement.typ", self._data(), made_at=self.statement.posted_at)

    def _data(self) -> dict[str, Any]:
        said = i18n.gettext
        return {
            "language": i18n.language(),
            "title": f"{self.title}: {self.payer}",
            "heading": self.title,
            "payer": self.payer,
            "head": [said(N_("Ort")), said(N_("Monat")), said(N_("Halbe Tage")), said(N_("Brutto"))],
            "sellers": self._sellers(),
            "total": [said(N_("Zusammen")), str(self.statement.units), _money(self.statement.cents)],
            "centres_title": said(N_("Nach Kostenstellen")),
            "centres": [[name or said(N_("übrige")), str(units), _money(cents)] for name, units, cents in self.centres],
            "foot": said(
                N_("Das ist eine Übersicht und keine Rechnung. Rechnungen stellt jeder Betreiber selbst."),
            ),
        }

    @property
    def sellers(self) -> list[tuple[str | None, list[LineFacts]]]:
        """The lines of each seller, with its name; two of one name are two."""
        keys = dict.fromkeys((line.operator_id, line.operator) for line in self.lines)
        return [(name, [line for line in self.lines if line.operator_id == key]) for key, name in keys]

    def _sellers(self) -> list[dict[str, Any]]:
        return [
            {
                "name": name or i18n.gettext("Betreiber unbekannt"),
                "rows": [[_place(line), month_name(line.month), str(line.units), _price(line)] for line in lines],
            }
            for name, lines in self.sellers
        ]


def _place(line: LineFacts) -> str:
    share = i18n.gettext("Anteil") if line.is_share else ""
    return ", ".join(filter(None, (line.space, i18n.gettext(KINDS[line.kind]), share)))


def _price(line: LineFacts) -> str:
    return _money(line.cents) if line.is_priced else i18n.gettext("Preis noch nicht bekannt")


def _money(cents: int) -> str:
    return i18n.format_money(cents / 100)


def vouchers_csv(vouchers: Sequence[Voucher]) -> bytes:
    """Return a statement booking by booking: numbers without person, place and day."""
    head = [i18n.gettext(word) for word in VOUCHER_HEAD]
    rows = [(each.number, each.units, euros(each.cents)) for each in vouchers]
    return spreadsheets.csv_file(head, rows)
