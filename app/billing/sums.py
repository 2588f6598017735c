"""Net, tax and gross of invoices, in whole cents.

Prices are gross, so the gross sum is what is owed and never changes. Per VAT category the net sum is the gross sum
divided by one plus the rate, rounded to a cent, halves away from zero; the tax is the net sum times the rate, rounded
alike (EN 16931, BR-CO-17). Where no whole cents add up to the gross sum, the missing cent stands beside them as the
rounding amount (BT-114). The net sum is shared among its lines by the largest remainder, so that lines add up too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from app.spaces.models import STANDARD

PRICE = Decimal("0.000001")
# The general rate in percent from a day on (§ 12 (1) UStG).
RATES = ((date(2021, 1, 1), 19),)


@dataclass(frozen=True)
class Taxed:
    """What is charged at one VAT category: rate in percent, cents net, of tax, and to round."""

    vat: str
    rate: int
    net: int
    tax: int
    rounding: int

    @property
    def gross(self) -> int:
        return self.net + self.tax + self.rounding


@dataclass(frozen=True)
class Sums:
    """Net cents of each line, in their order, and what is charged at each VAT category."""

    nets: list[int]
    taxed: list[Taxed]

    @property
    def net(self) -> int:
        return sum(each.net for each in self.taxed)

    @property
    def tax(self) -> int:
        return sum(each.tax for each in self.taxed)

    @property
    def rounding(self) -> int:
        return sum(each.rounding for each in self.taxed)

    @property
    def gross(self) -> int:
        return sum(each.gross for each in self.taxed)


def rate_of(vat: str, on: date) -> int:
    """Return the rate in percent that holds on a day for a category."""
    if vat != STANDARD:
        return 0
    return [rate for first, rate in RATES if first <= on][-1]


def price_of(vat: str, cents: int, units: int, on: date) -> Decimal:
    """Return the net price of one in euros, to a millionth, of gross cents for so many. Rounded to cents it would not
    give the amount.
    """
    return (Decimal(cents) / units / (100 + rate_of(vat, on))).quantize(PRICE)


def sums_of(lines: Sequence[tuple[str, int]], on: date) -> Sums:
    """Return the sums of lines of (VAT category, gross cents), all of services of one month that contains `on`."""
    nets = [0] * len(lines)
    taxed = []
    for vat in sorted({vat for vat, _ in lines}):
        rate = rate_of(vat, on)
        places = [place for place, line in enumerate(lines) if line[0] == vat]
        gross = sum(lines[place][1] for place in places)
        net = rounded(Fraction(gross * 100, 100 + rate))
        tax = rounded(Fraction(net * rate, 100))
        taxed.append(Taxed(vat, rate, net, tax, gross - net - tax))
        exact = [Fraction(lines[place][1] * 100, 100 + rate) for place in places]
        for place, share in zip(places, shared(net, exact), strict=True):
            nets[place] = share
    return Sums(nets, taxed)


def shared(total: int, exact: Sequence[Fraction]) -> list[int]:
    """Share whole cents among `exact` amounts that add up to about `total`: who loses most by rounding gets the rest.

    The result adds up to `total`, and each is off by less than two cents.
    """
    shares = [each.numerator // each.denominator for each in exact]
    rest = total - sum(shares)
    order = sorted(range(len(exact)), key=lambda place: (shares[place] - exact[place], place))
    for place in order[:rest] if rest >= 0 else order[rest:]:
        shares[place] += 1 if rest >= 0 else -1
    return shares


def rounded(amount: Fraction) -> int:
    """Return the nearest whole number, halves away from zero: a correction undoes to the cent what it corrects."""
    down = (abs(amount) * 2 + 1) // 2
    return int(down) if amount >= 0 else -int(down)
