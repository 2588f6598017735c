"""A list of addresses as spreadsheets write it: whichever encoding and separator, with or without a first line."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from app.employers.operations import AddressLines
from app.employers.operations.lists import INVITE, LONG, WRONG
from app.errors import N_, InvalidInput
from app.fields import EMAIL, plain

LARGEST_FILE, MOST_LINES = 16 * 1024 * 1024, 100_000
EMAIL_NAMES = {"email", "emailadresse", "mail", "mailadresse", "emailaddress"}
COST_NAMES = {"kostenstelle", "kst", "costcentre", "costcenter"}
SEPARATORS = ";,\t"
# How spreadsheets' own files begin: a folder of XML, and what came before it.
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
MOST_NAMES = 20  # of columns that nobody reads


def read_list(content: bytes) -> AddressLines:
    """Read a file. What is wrong with a line is its verdict. Refuses: `InvalidInput` for a file without addresses."""
    if not content:
        raise _wrong(N_("Wähl bitte eine Datei aus."))
    if len(content) > LARGEST_FILE:
        raise _wrong(N_("Diese Datei ist zu groß. Bis 16 Megabyte geht; teil sie auf."))
    if content.startswith(SPREADSHEETS):
        raise _wrong(N_("Das ist eine Excel-Datei. Speichere sie in Excel als „CSV UTF-8“ und lade diese Datei hoch."))
    rows = _rows(_text(content))
    number, first = next(rows, (0, []))
    email_at, cost_at, ignored = _columns(first)
    lines = [] if ignored is not None else [_line(number, first, email_at, cost_at)]
    for number, row in rows:
        lines.append(_line(number, row, email_at, cost_at))
        if len(lines) > MOST_LINES:
            raise _wrong(N_("Auf dieser Liste stehen mehr als 100.000 Zeilen. Teil sie auf mehrere Dateien auf."))
    if not lines:
        raise _wrong(N_("Auf dieser Liste steht keine Adresse. Unter der ersten Zeile kommt je Person eine Zeile."))
    return AddressLines(lines, ignored or [])


def _text(content: bytes) -> str:
    """Decode what somebody's spreadsheet wrote; what is no Unicode is Windows-1252."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    start = content[:1000]
    if start.count(0) * 3 > len(start):  # Latin letters in UTF-16 without its mark: every second byte is empty
        return content.decode("utf-16-be" if start[0] == 0 else "utf-16-le", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Return (number of the line, cells) of all lines that are not empty."""
    text = text.replace("\0", "")
    told = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)  # how Excel notes the separator
    skipped = 1 if told else 0
    body = text[told.end() :] if told else text
    heading = next((line for line in body.splitlines() if line.strip()), "")
    separator = told[1] if told and told[1] in SEPARATORS else max(SEPARATORS, key=heading.count)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=separator)
    try:
        for cells in reader:
            plain_cells = [plain(cell) for cell in cells]
            if any(plain_cells):
                yield reader.line_num + skipped, plain_cells
    except csv.Error as error:
        raise _wrong(
            N_("In dieser Datei ist ein Anführungszeichen offen geblieben. Speichere die Liste neu als CSV.")
        ) from error


def _columns(first: list[str]) -> tuple[int, int | None, list[str] | None]:
    """Return where address and cost centre stand, and the columns that nobody reads; None when there is no heading."""
    names = [re.sub(r"[^a-z]", "", cell.casefold()) for cell in first]
    emails = [at for at, name in enumerate(names) if name in EMAIL_NAMES]
    costs = [at for at, name in enumerate(names) if name in COST_NAMES]
    if emails:
        read = {emails[0], *costs[:1]}
        ignored = [cell[:60] for at, cell in enumerate(first) if cell and at not in read]
        return emails[0], costs[0] if costs else None, ignored[:MOST_NAMES]
    addresses = [at for at, cell in enumerate(first) if EMAIL.fullmatch(cell)]
    if len(addresses) == 1 and len(first) <= 2:
        return addresses[0], 1 - addresses[0] if len(first) == 2 else None, None
    raise _wrong(
        N_(
            "Wir finden keine Spalte mit Adressen. Schreib „E-Mail“ über die Spalte mit den Adressen und, wenn du "
            "willst, „Kostenstelle“ über eine zweite."
        )
    )


def _line(number: int, cells: list[str], email_at: int, cost_at: int | None) -> list[Any]:
    email = cells[email_at].lower() if email_at < len(cells) else ""
    cost_centre = " ".join(cells[cost_at].split()) if cost_at is not None and cost_at < len(cells) else ""
    verdict = INVITE if EMAIL.fullmatch(email) and len(email) <= 254 else WRONG
    if verdict == INVITE and len(cost_centre) > 40:
        verdict = LONG
    return [number, email[:254], cost_centre[:60] or None, verdict]


def _wrong(sentence: str) -> InvalidInput:
    return InvalidInput({"file": sentence})
