"""Tables as files for spreadsheets: semicolons and a mark for UTF-8, as Excel with German settings wants them."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

TYPE = "text/csv; charset=utf-8"
# What makes a spreadsheet take a text for a formula, the wide forms of East Asian keyboards too.
FORMULAS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")

# Texts are told from numbers by their type alone; None is an empty cell.
Cell = str | int | Decimal | None


def csv_file(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a file of these rows below a first line. No text in it is a formula; money comes as `Decimal`."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([_written(cell) for cell in head])
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return codecs.BOM_UTF8 + text.getvalue().encode()


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return defused(cell)
    return str(cell).replace(".", ",")


def defused(text: str) -> str:
    """Return a text that a spreadsheet shows and never calculates; names and cost centres are what others typed."""
    shown = "".join(char if char.isprintable() else " " for char in text).strip()
    return f"'{shown}" if shown.startswith(FORMULAS) else shown
