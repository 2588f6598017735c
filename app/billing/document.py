"""What stands on an invoice, the same in its XML, its PDF and on the page."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from typing import Any

from app.billing.sums import Sums, sums_of
from app.errors import N_
from app.spaces.models import EXEMPT, SMALL

INVOICE, CORRECTION = "invoice", "correction"
# An invoice speaks German, whoever reads it: it is a voucher under German law.
PRODUCTS = {"desk": N_("Coworking-Platz, halber Tag"), "room": N_("Raum, je angefangene 4 Stunden")}
SHARE = N_("Anteil am Preis")
REASONS = {
    SMALL: N_("Steuerbefreiung für Kleinunternehmer nach § 19 UStG"),
    EXEMPT: N_("Umsatzsteuerfreie Vermietung nach § 4 Nr. 12 Buchst. a UStG"),
}


@dataclass(frozen=True)
class Seller:
    """Who sells. `id` is its name in our addresses; one of the two tax numbers is there."""

    id: str
    name: str
    address: str
    plz: str
    town: str
    contact: str
    email: str
    phone: str
    tax_id: str | None
    vat_id: str | None
    iban: str


@dataclass(frozen=True)
class Buyer:
    """Who pays. Public bodies have a Leitweg-ID, the mailbox of their invoices."""

    id: str
    name: str
    street: str
    plz: str
    town: str
    email: str | None
    vat_id: str | None
    leitweg_id: str | None


@dataclass(frozen=True)
class Line:
    """Half-days at one space at one price: `cents` gross for all `units`; both less than 0 when taken back.

    `is_share`: somebody else pays the rest of the price.
    """

    space: str
    kind: str
    vat: str
    is_share: bool
    units: int
    cents: int

    @property
    def service(self) -> str:
        """What was delivered, in words."""
        share = f" ({SHARE})" if self.is_share else ""
        return f"{PRODUCTS[self.kind]}{share}: {self.space}"


@dataclass(frozen=True)
class Document:
    """An invoice, or the correction of one: then `corrects` is the number and day of the first."""

    number: str
    kind: str
    corrects: tuple[str, date] | None
    issued_on: date
    due_on: date
    first_on: date
    last_on: date
    seller: Seller
    buyer: Buyer
    lines: tuple[Line, ...]

    @cached_property
    def sums(self) -> Sums:
        return sums_of([(line.vat, line.cents) for line in self.lines], self.first_on)

    def packed(self) -> dict[str, Any]:
        """Return it as it is stored: JSON, days as YYYY-MM-DD."""
        found = asdict(self)
        for name in ("issued_on", "due_on", "first_on", "last_on"):
            found[name] = found[name].isoformat()
        if self.corrects is not None:
            found["corrects"] = [self.corrects[0], self.corrects[1].isoformat()]
        return found

    @classmethod
    def unpacked(cls, stored: dict[str, Any]) -> Document:
        """Return what `packed` has made."""
        days = {name: date.fromisoformat(stored[name]) for name in ("issued_on", "due_on", "first_on", "last_on")}
        corrects = stored["corrects"]
        return cls(
            number=stored["number"],
            kind=stored["kind"],
            corrects=None if corrects is None else (corrects[0], date.fromisoformat(corrects[1])),
            **days,
            seller=Seller(**stored["seller"]),
            buyer=Buyer(**stored["buyer"]),
            lines=tuple(Line(**each) for each in stored["lines"]),
        )
