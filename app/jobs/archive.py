"""What a backup looks like inside: a zip with a manifest and the rows of each table, one JSON list a line.

The manifest names the columns with their kinds, so a backup is read back without the models of its time. Values
are written the same way whatever database they come from; that is what lets a house move from one to another.
"""

from __future__ import annotations

import hashlib
import json
import uuid
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, LargeBinary, MetaData, String, Table, Text, Uuid
from sqlalchemy.types import TypeEngine

from app.extensions import Moment

FORMAT = 1
MANIFEST = "manifest.json"
Row = list[Any]


class Unusable(Exception):
    """The file is no backup, or a damaged one; the message says what is wrong with it."""


@dataclass(frozen=True)
class TableFacts:
    """One table in the manifest: `columns` are pairs of name and kind, `sha256` is over its lines."""

    name: str
    columns: list[tuple[str, str]]
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What the backup holds, in the order in which keys allow to put it back."""

    format: int
    revision: str
    made_at: str
    tables: list[TableFacts]

    def write(self, archive: zipfile.ZipFile) -> None:
        archive.writestr(MANIFEST, json.dumps(asdict(self), indent=1), zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class Kind:
    """How values of one type travel: `write` makes JSON of them, `read` takes them back."""

    type: Callable[[], TypeEngine[Any]]
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


# The first that fits a column's type is taken.
KINDS = {
    "moment": Kind(Moment, datetime.isoformat, datetime.fromisoformat),
    "day": Kind(Date, date.isoformat, date.fromisoformat),
    "uuid": Kind(Uuid, str, uuid.UUID),
    "bytes": Kind(LargeBinary, bytes.hex, bytes.fromhex),
    "json": Kind(lambda: JSON(none_as_null=True), _same, _same),
    "boolean": Kind(Boolean, _same, _same),
    "text": Kind(Text, _same, _same),
    "string": Kind(String, _same, _same),
    "integer": Kind(Integer, _same, _same),
    "float": Kind(Float, _same, _same),
}


def kind_of(column: Column[Any]) -> str:
    for name, kind in KINDS.items():
        if isinstance(column.type, type(kind.type())):
            return name
    message = f"no way to back up {column.table.name}.{column.name}"
    raise TypeError(message)


def table_of(facts: TableFacts) -> Table:
    """Return a table as the backup knows it."""
    return Table(facts.name, MetaData(), *(Column(name, KINDS[kind].type()) for name, kind in facts.columns))


def entry(table: str) -> str:
    return f"tables/{table}.jsonl"


def write_table(archive: zipfile.ZipFile, table: Table, rows: Iterator[Any]) -> TableFacts:
    """Write the rows of a table as they come and return what the manifest says about it."""
    columns = [(column.name, kind_of(column)) for column in table.columns]
    writers = [KINDS[kind].write for _, kind in columns]
    digest, count = hashlib.sha256(), 0
    target = zipfile.ZipInfo(entry(table.name), date_time=(1980, 1, 1, 0, 0, 0))
    target.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(target, "w", force_zip64=True) as file:
        for row in rows:
            values = [None if value is None else write(value) for write, value in zip(writers, row, strict=True)]
            line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            file.write(line)
            count += 1
    return TableFacts(table.name, columns, count, digest.hexdigest())


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """Read what a backup holds. Refuses: `Unusable`."""
    try:
        content = json.loads(archive.read(MANIFEST))
        if content["format"] != FORMAT:
            raise Unusable(f"it has format {content['format']}, this version reads format {FORMAT}")
        tables = [
            TableFacts(table["name"], [(name, kind) for name, kind in table["columns"]], table["rows"], table["sha256"])
            for table in content["tables"]
        ]
        unknown = {kind for table in tables for _, kind in table.columns} - KINDS.keys()
        if unknown:
            raise Unusable(f"it holds columns of an unknown kind ({', '.join(sorted(unknown))})")
        return Manifest(content["format"], content["revision"], content["made_at"], tables)
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise Unusable("it has no readable manifest") from error


def read_table(archive: zipfile.ZipFile, facts: TableFacts) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table. Refuses: `Unusable` when in the end they are not those that were written."""
    names = [name for name, _ in facts.columns]
    readers = [KINDS[kind].read for _, kind in facts.columns]
    digest, count = hashlib.sha256(), 0
    try:
        with archive.open(entry(facts.name)) as file:
            for line in file:
                digest.update(line)
                values: Row = json.loads(line)
                count += 1
                pairs = zip(names, readers, values, strict=True)
                yield {name: None if value is None else read(value) for name, read, value in pairs}
    except (KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise Unusable(f"table {facts.name} is damaged ({error})") from error
    if (count, digest.hexdigest()) != (facts.rows, facts.sha256):
        raise Unusable(f"table {facts.name} is not as it was written")


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open a backup for reading. Refuses: `Unusable`."""
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise Unusable("there is no such file") from error
    except (OSError, zipfile.BadZipFile) as error:
        raise Unusable(f"it is no backup, or only a part of one ({error})") from error
