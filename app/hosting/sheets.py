"""The day sheet: who is expected, on paper, for a day without network or without a device."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from app import i18n, typesetting
from app.errors import N_
from app.hosting.queries import Guest
from app.hosting.schemas.writing import initials
from app.spaces.queries import SpaceFacts

TEMPLATE = Path(__file__).parent / "sheet.typ"
# Crockford's: no letter that could be read as a digit.
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# Lines for those who come without a booking, or who book after the sheet was printed.
EMPTY_LINES = 6
PERIODS = {
    "morning": N_("vormittags"),
    "afternoon": N_("nachmittags"),
    "day": N_("ganztags"),
    "hours": N_("stundenweise"),
}


def sheet_code(pass_id: bytes) -> str:
    """Return four characters that name a booking on its day: the first 20 bits of what its pass names it by."""
    bits = int.from_bytes(pass_id[:3]) >> 4
    return "".join(DIGITS[bits >> shift & 31] for shift in (15, 10, 5, 0))


@dataclass(frozen=True)
class DaySheet:
    """The guests of one space on one day. The paper lies about: it carries initials, no names."""

    space: SpaceFacts
    day: date
    guests: list[Guest]
    made_at: datetime

    def pdf(self) -> bytes:
        """Return the PDF. Refuses: `typesetting.TypesettingError`."""
        return typesetting.pdf(TEMPLATE, self._data(), made_at=self.made_at)

    def _data(self) -> dict[str, object]:
        expected = [guest for guest in self.guests if guest.ended is None]
        printed = i18n.format_time(self.made_at, self.space.timezone)
        return {
            "language": i18n.language(),
            "title": i18n.gettext("Tagesblatt: %(name)s", name=self.space.name),
            "name": self.space.name,
            "day": i18n.format_day(self.day, i18n.gettext("EEEE, d. MMMM yyyy")),
            "stand": i18n.gettext("Stand: %(time)s", time=printed),
            "head": [
                i18n.gettext(text)
                for text in (N_("Code"), N_("Gast"), N_("Platz"), N_("Zeit"), N_("Gekommen um"), N_("Gegangen um"))
            ],
            "rows": [self._row(guest) for guest in expected] + [[""] * 4] * EMPTY_LINES,
            "how": i18n.gettext(
                "Schreib auf, wann jemand kommt und geht. Später tippst du Code und Uhrzeit auf der Seite von heute "
                "ein, unter „Vom Tagesblatt eintragen“. Danach gehört das Blatt in den Aktenvernichter."
            ),
        }

    def _row(self, guest: Guest) -> list[str]:
        begin, end = (i18n.format_time(moment, self.space.timezone) for moment in (guest.starts_at, guest.ends_at))
        frame = f"{begin}–{'24:00' if end == '00:00' else end}"
        return [
            sheet_code(guest.pass_id),
            initials(guest.name),
            str(guest.seat_number),
            f"{i18n.gettext(PERIODS[guest.period])}, {frame}",
        ]
