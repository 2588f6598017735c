"""Files for spreadsheets: legible in Excel, and never a formula that somebody else typed."""

import codecs
import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import spreadsheets

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)


def _read(content):
    assert content.startswith(codecs.BOM_UTF8)
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_rows_stand_below_the_head_with_numbers_as_germans_write_them():
    content = spreadsheets.csv_file(["Name", "Tage", "Euro"], [["Änne; „Ä“", 3, Decimal("-12.50")], ["Ben", None, 0]])
    assert _read(content) == [["Name", "Tage", "Euro"], ["Änne; „Ä“", "3", "-12,50"], ["Ben", "", "0"]]
    assert content.count(b"\r\n") == 3


@pytest.mark.parametrize("text", ["=1+1", "+49", "-2", "@SUM(A1)", "\t=1", " \r\n=1", "\0=1", "\u200b=1", "\uff1d1"])
def test_what_looks_like_a_formula_is_a_text(text):
    [cell] = _read(spreadsheets.csv_file(["Name"], [[text]]))[1]
    assert cell == f"'{text.strip().lstrip(chr(0)).lstrip(chr(0x200B)).strip()}"


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=4))
def test_nothing_that_is_typed_becomes_a_formula_or_another_cell(rows):
    read = _read(spreadsheets.csv_file(["eins", "zwei"], rows))[1:]
    assert [len(row) for row in read] == [2] * len(rows)
    assert not [cell for row in read for cell in row if cell.lstrip().startswith(spreadsheets.FORMULAS)]
