"""Net, tax and gross: to the cent, whatever is added up."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.billing.sums import rate_of, rounded, shared, sums_of

NOVEMBER = date(2026, 11, 1)
CENTS = st.integers(-10_000_000, 10_000_000)
LINES = st.lists(st.tuples(st.sampled_from(["standard", "small", "exempt"]), CENTS), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("gross", "expected"),
    [
        # Worked out by hand: 11,90 is 10,00 and 1,90; of 9,50 the net is 7,98319…, its tax 1,5162.
        (1190, (1000, 190, 0)),
        (950, (798, 152, 0)),
        # 0,03 is 0,03 and 0,0057; 0,04 is 0,03 (0,0336) and 0,01 (0,0057).
        (3, (3, 1, -1)),
        (4, (3, 1, 0)),
        (-950, (-798, -152, 0)),
        (0, (0, 0, 0)),
    ],
)
def test_the_general_rate_by_hand(gross, expected):
    [taxed] = sums_of([("standard", gross)], NOVEMBER).taxed
    assert (taxed.net, taxed.tax, taxed.rounding) == expected


@given(LINES)
def test_everything_adds_up(lines):
    sums = sums_of(lines, NOVEMBER)

    assert sums.gross == sum(cents for _, cents in lines)
    assert sum(sums.nets) == sums.net
    for each in sums.taxed:
        assert each.tax == rounded(Fraction(each.net * each.rate, 100))
        assert abs(each.rounding) <= 1
        assert sum(net for net, line in zip(sums.nets, lines, strict=True) if line[0] == each.vat) == each.net


@given(LINES)
def test_a_correction_takes_back_to_the_cent(lines):
    there, back = sums_of(lines, NOVEMBER), sums_of([(vat, -cents) for vat, cents in lines], NOVEMBER)
    assert (there.net, there.tax, there.rounding) == (-back.net, -back.tax, -back.rounding)


@given(st.lists(st.integers(-100_000, 100_000).map(lambda n: Fraction(n, 119)), min_size=1, max_size=20))
def test_shares_add_up_and_are_near(exact):
    total = rounded(sum(exact))
    shares = shared(total, exact)

    assert sum(shares) == total
    assert all(abs(share - each) < 2 for share, each in zip(shares, exact, strict=True))


def test_only_the_general_rate_has_one():
    assert [rate_of(vat, NOVEMBER) for vat in ("standard", "small", "exempt", "free")] == [19, 0, 0, 0]
