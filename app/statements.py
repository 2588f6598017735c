"""Statements that every request runs: put together once, then sent through the driver without detours.

Around a statement that takes SQLite 6 µs SQLAlchemy works 58 µs, in a busy server twice that, and a booking has eight.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.sql import visitors

from app import extensions

# How many values an IN takes; more make it the next longer one, so that few texts are kept and prepared.
LENGTHS = (1, 4, 16, 64, 256)
Values = Mapping[str, Any]
Process = Callable[[Any], Any]


class Prepared:
    """A statement about tables and columns whose holes are named parameters, of the same names every time.

    It runs where `extensions.execute` would run it. A parameter with `expanding` takes a list, never an empty one.
    """

    def __init__(self, statement: Executable) -> None:
        self.statement: Any = statement
        self._is_write = statement.is_dml
        self._texts: dict[tuple[Any, ...], _Text] = {}

    def rows(self, values: Values) -> list[Any]:
        """Return all rows, as named tuples."""
        return self._send([self._padded(values)])

    def row(self, values: Values) -> Any:
        """Return the first row, or None."""
        found = self.rows(values)
        return found[0] if found else None

    def scalar(self, values: Values) -> Any:
        """Return the first column of the first row, or None."""
        found = self.rows(values)
        return found[0][0] if found else None

    def run(self, values: Values) -> None:
        """Write; what comes back is of no interest."""
        self.rows(values)

    def run_each(self, several: Sequence[Values]) -> None:
        """Write once for each of these."""
        self._send(several)

    @cached_property
    def _lists(self) -> list[str]:
        found: Any = visitors.iterate(self.statement)
        return [each.key for each in found if getattr(each, "expanding", False)]

    def _padded(self, values: Values) -> Values:
        if not self._lists:
            return values
        padded = dict(values)
        for name in self._lists:
            chosen = list(values[name])
            wanted = next((length for length in LENGTHS if length >= len(chosen)), len(chosen))
            chosen += chosen[-1:] * (wanted - len(chosen))
            padded[name] = chosen
            padded |= {f"{name}_{number}": value for number, value in enumerate(chosen, 1)}
        return padded

    def _send(self, several: Sequence[Values]) -> list[Any]:
        return extensions.on_connection(
            lambda connection: self._text(connection.dialect, several[0]).send(connection, several),
            is_write=self._is_write,
        )

    def _text(self, dialect: Dialect, values: Values) -> _Text:
        key = (dialect.name, *(len(values[name]) for name in self._lists))
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = self._compiled(dialect, values)
        return text

    def _compiled(self, dialect: Dialect, values: Values) -> _Text:
        statement = self.statement
        if statement.is_insert and not statement.exported_columns:
            statement = statement.inline()  # else PostgreSQL would be asked for the new id
        compiled = statement.compile(dialect=dialect, column_keys=list(values))
        text = compiled.construct_expanded_state(values)
        kinds = {name: hole.type.dialect_impl(dialect) for hole, name in compiled.bind_names.items()}
        processes = {name: kind.bind_processor(dialect) for name, kind in kinds.items()} | text.processors
        # Plain defaults of columns; one that is a function must be among the values, the driver refuses it.
        known = {**text.parameters, **{column.key: column.default.arg for column in compiled.insert_prefetch}}
        names = text.positiontup if compiled.positional else text.parameters
        template: Any = list(names) if compiled.positional else {}
        holes = []
        for place, name in enumerate(names) if compiled.positional else ((name, name) for name in names):
            process = processes.get(name)
            if name in values:
                holes.append((place, name, process))
            else:
                template[place] = process(known[name]) if process else known[name]
        return _Text(text.statement, template, holes, list(statement.exported_columns))


@dataclass
class _Text:
    """A statement as one kind of database reads it: parameters that never change, holes, and what comes back."""

    sql: str
    template: list[Any] | dict[str, Any]
    holes: list[tuple[Any, str, Process | None]]
    columns: list[Any]
    made_of: Callable[[Sequence[Any]], Any] | None = None

    def send(self, connection: Connection, several: Sequence[Values]) -> list[Any]:
        cursor = connection.connection.cursor()
        parameters: Any = None
        try:
            filled = [self._filled(values) for values in several]
            parameters = filled if len(filled) > 1 else filled[0]
            # Tests and measurements listen.
            connection.dispatch.before_cursor_execute(connection, cursor, self.sql, parameters, None, len(filled) > 1)
            if len(filled) > 1:
                cursor.executemany(self.sql, parameters)
                return []
            cursor.execute(self.sql, parameters)
            if not cursor.description:
                return []
            made_of = self.made_of or self._row_maker(connection.dialect, cursor.description)
            return [made_of(row) for row in cursor.fetchall()]
        except BaseException as error:  # noqa: BLE001 - it is raised again, as the error that SQLAlchemy makes of it
            connection._handle_dbapi_exception(error, self.sql, parameters, cursor, None)  # noqa: SLF001

    def _filled(self, values: Values) -> Any:
        filled: Any = self.template.copy()
        for place, name, process in self.holes:
            filled[place] = values[name] if process is None else process(values[name])
        return filled

    def _row_maker(self, dialect: Dialect, description: Sequence[Any]) -> Callable[[Sequence[Any]], Any]:
        names = [column.key for column in self.columns]
        kind: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024 - named by the statement
        found = zip(self.columns, description, strict=True)
        each = [column.type.dialect_impl(dialect).result_processor(dialect, told[1]) for column, told in found]
        processes = [(place, process) for place, process in enumerate(each) if process]

        def make(row: Sequence[Any]) -> Any:
            values = list(row)
            for place, process in processes:
                values[place] = process(values[place])
            return kind._make(values)

        self.made_of = make if processes else kind._make
        return self.made_of
