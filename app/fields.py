"""Reading a form field by field; everything that is wrong is said at once."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from stdnum import exceptions
from stdnum.de import leitweg
from stdnum.eu import vat
from werkzeug.datastructures import MultiDict

from app.errors import N_, InvalidInput

TOO_LONG = N_("Das ist zu lang. Kürz es bitte.")
EMAIL = re.compile(r"[!-?A-~]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
# An address as people say it: www.ort.de/haus
BARE_ADDRESS = re.compile(r"([A-Za-z0-9-]+\.)+[A-Za-z]{2,}(/[!-~]*)?")
MOST_CENTS = 1_000_000
PLZ = r"[0-9]{5}"
WRONG_PLZ = N_("Eine Postleitzahl hat 5 Ziffern.")


class Reading:
    """One form that is being read. Each method returns a value, or None when nothing or something wrong was typed."""

    def __init__(self, form: MultiDict[str, str]) -> None:
        self.form = form
        self.wrong: dict[str, str] = {}

    def refuse(self, name: str, sentence: str) -> None:
        """Say what is wrong with a field; what was said first stays."""
        self.wrong.setdefault(name, sentence)

    def close(self) -> None:
        """End the reading. Refuses: `InvalidInput`, naming each field in the order of the page.

        Browsers send fields in that order, except boxes that are not ticked: those come last.
        """
        if self.wrong:
            places = {name: place for place, name in enumerate(self.form)}
            raise InvalidInput(dict(sorted(self.wrong.items(), key=lambda each: places.get(each[0], len(places)))))

    def text(self, name: str, most: int, *, needed: str | None = None) -> str | None:
        """Read a text of at most `most` signs; `needed` is what to say when there is none."""
        typed = plain(self.form.get(name, ""))
        if not typed and needed is not None:
            self.refuse(name, needed)
        if len(typed) > most:
            self.refuse(name, TOO_LONG)
        return typed or None

    def line(self, name: str, most: int, *, needed: str | None = None) -> str | None:
        """Read a text of one line."""
        typed = self.text(name, most, needed=needed)
        return " ".join(typed.split()) if typed else None

    def like(self, name: str, pattern: str, wrong: str, *, needed: str | None = None) -> str | None:
        """Read what must look like `pattern`."""
        typed = self.line(name, 300, needed=needed)
        if typed and not re.fullmatch(pattern, typed):
            self.refuse(name, wrong)
        return typed

    def web_address(self, name: str) -> str | None:
        """Read the address of a page; without https:// before it that is added."""
        typed = self.line(name, 300)
        if typed and BARE_ADDRESS.fullmatch(typed):
            typed = f"https://{typed}"
        if typed and not re.fullmatch(r"https?://[!-~]{3,290}", typed):
            self.refuse(name, N_("Das ist keine Adresse im Netz (gemeint ist etwa https://ort.de)."))
        return typed

    def email(self, name: str, *, needed: str | None = None) -> str | None:
        typed = self.line(name, 254, needed=needed)
        if typed and not EMAIL.fullmatch(typed):
            self.refuse(name, N_("Das ist keine E-Mail-Adresse (gemeint ist etwa ana@example.org)."))
        return typed.lower() if typed else None

    def vat_id(self, name: str) -> str | None:
        """Read a VAT id of any EU country; its check digits must fit where a country has some."""
        typed = self.line(name, 30)
        if typed is None:
            return None
        try:
            found = str(vat.validate(typed))
        except exceptions.ValidationError:
            self.refuse(name, N_("Diese Umsatzsteuer-ID stimmt nicht (gemeint ist etwa DE und 9 Ziffern)."))
            return None
        return found

    def postal(self) -> tuple[str, str, str]:
        """Read where the post goes: street and number, postcode and town, all of them needed."""
        return (
            self.line("street", 120, needed=N_("Schreib bitte Straße und Hausnummer.")) or "",
            self.like("plz", PLZ, WRONG_PLZ, needed=WRONG_PLZ) or "",
            self.line("town", 80, needed=N_("Schreib bitte den Ort der Anschrift.")) or "",
        )

    def leitweg_id(self, name: str) -> str | None:
        """Read the id of a public body's mailbox for invoices; its check digits must fit."""
        typed = self.line(name, 60)
        if typed is None:
            return None
        try:
            return str(leitweg.validate(typed))
        except exceptions.ValidationError:
            wrong = N_("Diese Leitweg-ID stimmt nicht (gemeint ist etwa 05515-31002-15). Frag eure Buchhaltung danach.")
            self.refuse(name, wrong)
            return None

    def whole(self, name: str, least: int, most: int, wrong: str, *, needed: bool = False) -> int | None:
        """Read a whole number from `least` to `most`."""
        typed = self.line(name, 20, needed=wrong if needed else None)
        if typed is None:
            return None
        if not re.fullmatch(r"[0-9]{1,6}", typed) or not least <= int(typed) <= most:
            self.refuse(name, wrong)
            return None
        return int(typed)

    def cents(self, name: str) -> int | None:
        """Read a price in euros, written as 9, 9,5 or 9,50."""
        typed = (self.line(name, 20) or "").removesuffix("€").strip()
        if not typed:
            return None
        found = re.fullmatch(r"([0-9]{1,5})(?:[,.]([0-9]{1,2}))?", typed)
        cents = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else -1
        if not 0 <= cents <= MOST_CENTS:
            self.refuse(name, N_("Das ist kein Preis (gemeint ist etwa 9,50)."))
            return None
        return cents

    def day(self, name: str, *, needed: str | None = None) -> date | None:
        typed = self.line(name, 20, needed=needed)
        if typed is None:
            return None
        try:
            return date.fromisoformat(typed)
        except ValueError:
            self.refuse(name, N_("Das ist kein Tag (gemeint ist etwa 2026-12-24)."))
            return None

    def minute(self, name: str, *, needed: str | None = None) -> int | None:
        """Read a time of day as minutes after midnight; 24:00 is the end of the day."""
        typed = self.line(name, 8, needed=needed)
        if typed is None:
            return None
        found = re.fullmatch(r"([0-9]{1,2}):([0-5][0-9])(?::00)?", typed)
        minute = int(found[1]) * 60 + int(found[2]) if found else -1
        if not 0 <= minute <= 24 * 60:
            self.refuse(name, N_("Das ist keine Uhrzeit (gemeint ist etwa 08:00)."))
            return None
        return minute

    def choice(self, name: str, among: Collection[str]) -> str:
        """Read one of a few words; another one cannot come from our own page."""
        typed = self.form.get(name, "")
        if typed not in among:
            self.refuse(name, N_("Wähl bitte etwas aus der Liste."))
        return typed

    def is_ticked(self, name: str) -> bool:
        return self.form.get(name) == "ja"


def plain(text: str) -> str:
    """Return what was typed without what no keyboard types: control characters other than line ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(sign for sign in lines if sign == "\n" or sign.isprintable()).strip()
