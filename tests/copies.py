"""Databases for tests on PostgreSQL: copies of a migrated one. One that only gained rows is emptied and used again.

Emptying takes a tenth of the time of another copy. The name is another one each time, so that nobody who remembers
a database by its address takes it for the one before.
"""

from __future__ import annotations

import time
import uuid
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

# Every change of a table, key, index, trigger or function rewrites rows of these; rows of tests do not.
CATALOGS = ("class", "attribute", "attrdef", "constraint", "index", "trigger", "proc")
TRIES, PAUSE = 40, 0.005  # seconds


def create(cluster: str, name: str, template: str | None = None) -> str:
    """Create a database named after `name` and return its address."""
    name = f"{name}_{uuid.uuid4().hex[:12]}"
    with _connect(cluster, "postgres") as connection:
        source = f' TEMPLATE "{template}"' if template else ""
        connection.execute(f'CREATE DATABASE "{name}"{source}')
    return make_url(cluster).set(database=name).render_as_string(hide_password=False)


class Copies:
    """Copies of the migrated database at `template`, lent to one test after the other."""

    def __init__(self, cluster: str, template: str) -> None:
        self.cluster = cluster
        self.template = str(make_url(template).database)
        self.shapes: dict[str, Any] = {}
        self.free: list[str] = []
        with self._inside(self.template) as connection:
            found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            self.tables = [name for (name,) in found]
            self.seeds = {name: _dump(connection, name) for name in self._filled(connection)}
            self.sequences = connection.execute(
                "SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_sequences"
                " WHERE schemaname = 'public'"
            ).fetchall()

    def lend(self) -> str:
        """Return the address of a database that is as the template."""
        if not self.free:
            url = create(self.cluster, "test", self.template)
            name = str(make_url(url).database)
            with self._inside(name) as connection:
                self.shapes[name] = _shape(connection)
            return url
        name, fresh = self.free.pop(), f"test_{uuid.uuid4().hex[:12]}"
        with _connect(self.cluster, "postgres") as connection:
            connection.execute(f'ALTER DATABASE "{name}" RENAME TO "{fresh}"')
        self.shapes[fresh] = self.shapes.pop(name)
        return make_url(self.cluster).set(database=fresh).render_as_string(hide_password=False)

    def give_back(self, url: str) -> None:
        """Empty a database for the next test; drop it when more than its rows changed or somebody still uses it."""
        name = str(make_url(url).database)
        with self._inside(name) as connection:
            is_same = _shape(connection) == self.shapes[name] and _is_alone(connection)
            if is_same:
                self._empty(connection)
        if is_same:
            self.free.append(name)
        else:
            self.drop(name)

    def close(self) -> None:
        """Drop what is lent to nobody."""
        while self.free:
            self.drop(self.free.pop())

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        with _connect(self.cluster, "postgres") as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        self.shapes.pop(name, None)

    def _inside(self, name: str) -> psycopg.Connection[Any]:
        return _connect(self.cluster, name)

    def _filled(self, connection: psycopg.Connection[Any]) -> list[str]:
        each = sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})")
        asked = sql.SQL(" UNION ALL ").join(each.format(name, sql.Identifier(name)) for name in self.tables)
        return [name for (name,) in connection.execute(asked).fetchall()]

    def _empty(self, connection: psycopg.Connection[Any]) -> None:
        # As a replica does: no foreign key decides what goes first.
        connection.execute("SET session_replication_role = replica")
        with connection.transaction():
            for name in self._filled(connection):
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
            for name, rows in self.seeds.items():
                with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as into:
                    into.write(rows)
            connection.cursor().executemany("SELECT setval(%s::regclass, %s, %s)", self.sequences)


def _connect(cluster: str, database: str) -> psycopg.Connection[Any]:
    address = make_url(cluster).set(drivername="postgresql", database=database)
    return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)


def _dump(connection: psycopg.Connection[Any], table: str) -> bytes:
    with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as rows:
        return b"".join(bytes(each) for each in rows)


def _shape(connection: psycopg.Connection[Any]) -> Any:
    """What is another after any change of the schema."""
    each = "(SELECT (count(*), sum(xmin::text::bigint))::text FROM pg_{})"
    return connection.execute("SELECT " + ", ".join(each.format(name) for name in CATALOGS)).fetchone()


def _is_alone(connection: psycopg.Connection[Any]) -> bool:
    """Whether nobody else is connected; who has just left may take a moment to be gone."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    for _ in range(TRIES):
        if connection.execute(others).fetchone() == (0,):
            return True
        time.sleep(PAUSE)
    return False
