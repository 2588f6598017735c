"""The information sheet for works and staff councils: read from the tables and from what the privacy page says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app import i18n, typesetting
from app.clock import local_day
from app.config import LegalBody
from app.employers.queries import TIMEZONE
from app.errors import N_
from app.extensions import Model

TEMPLATE = Path(__file__).parent / "information.typ"
BRIEF = (
    N_("Wer an welchem Tag wo arbeitet, erfährt der Arbeitgeber nicht: weder auf einer Seite noch in einer Datei."),
    N_("Der Check-in stellt fest, dass ein gebuchter Platz genutzt wurde. Er ist keine Zeiterfassung."),
    N_("Gruppen unter 5 Personen erscheinen als „unter 5“, damit niemand herausgerechnet werden kann."),
    N_("Wie viele halbe Tage eine Person nutzt, zeigt Nahplatz nur, wenn das eingeschaltet ist. Das sieht sie."),
    N_("Sieht der Arbeitgeber nach, wer dabei ist, steht das im Protokoll jeder dieser Personen."),
    N_("Jede Person nimmt die Einladung selbst an und kann jederzeit gehen. Ihr Konto gehört ihr."),
)


@dataclass(frozen=True)
class Said:
    """What the privacy page says, untranslated: (tables, what, why, basis), (what, who sees it …), (what, period)."""

    stored: list[tuple[tuple[str, ...], str, str, str]]
    seen: list[tuple[str, ...]]
    kept: list[tuple[str, str]]


@dataclass(frozen=True)
class InformationSheet:
    """The sheet for the people of one employer. `address` is where the service is found."""

    employer: str
    operator: LegalBody
    address: str
    said: Said
    made_at: datetime

    def pdf(self) -> bytes:
        """Return the PDF. Refuses: `typesetting.TypesettingError`."""
        return typesetting.pdf(TEMPLATE, self._data(), made_at=self.made_at)

    def _data(self) -> dict[str, object]:
        day = i18n.format_day(local_day(self.made_at, TIMEZONE), i18n.gettext("d. MMMM yyyy"))
        running = ", ".join(each for each in (self.operator.name, self.operator.address) if each)
        heads = [
            (N_("Daten"), N_("Wozu"), N_("Rechtsgrundlage")),
            (N_("Was"), N_("die Person selbst"), N_("Arbeitgeber"), N_("Gastgeber"), N_("Kreis")),
            (N_("Daten"), N_("Frist")),
            (N_("Daten"), N_("Tabelle"), N_("Felder")),
        ]
        titles = (N_("Was gespeichert wird und wozu"), N_("Wer was sehen darf"), N_("Wie lange"), N_("Alle Felder"))
        stored = [row[1:] for row in self.said.stored]
        rows: list[Sequence[Sequence[str]]] = [stored, self.said.seen, self.said.kept]
        parts = [[[_said(cell) for cell in row] for row in part] for part in rows] + [self._fields()]
        return {
            "language": i18n.language(),
            "title": i18n.gettext("Nahplatz: Information für Betriebs- und Personalräte"),
            "employer": self.employer,
            "stand": i18n.gettext("Stand: %(time)s", time=day),
            "what": i18n.gettext(
                "Mit Nahplatz buchen Beschäftigte einen Arbeitsplatz in der Nähe ihrer Wohnung, statt ins Büro zu "
                "pendeln. Der Arbeitgeber gibt dafür ein Kontingent aus halben Tagen."
            ),
            "brief_title": i18n.gettext("Kurz gesagt"),
            "brief": [i18n.gettext(text) for text in BRIEF],
            "parts": [
                {"title": _said(title), "head": [_said(word) for word in head], "rows": found}
                for title, head, found in zip(titles, heads, parts, strict=True)
            ],
            "fields_note": i18n.gettext(
                "Diese Liste kommt aus der Datenbank selbst. Sie nennt jede Tabelle, in der etwas über Personen steht."
            ),
            "foot": i18n.gettext("Betreiber: %(name)s.", name=running or "–") + f" {self.address}/datenschutz",
        }

    def _fields(self) -> list[list[str]]:
        """Return what the database really has, table by table."""
        tables = Model.metadata.tables
        return [
            ["" if place else _said(what), name, ", ".join(column.name for column in tables[name].columns)]
            for names, what, _, _ in self.said.stored
            for place, name in enumerate(names)
        ]


def _said(text: str) -> str:
    return i18n.gettext(text) if text else text
