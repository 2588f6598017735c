"""Migrations form one numbered line, end in exactly the tables of the models, and can be taken back with rows there."""

import re
from datetime import date
from uuid import uuid4

import pytest
from alembic.script import ScriptDirectory
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import func, insert, inspect, select, table

from app.audit.models import AuditEntry
from app.bookings import operations as bookings
from app.bookings.operations import Order
from app.extensions import db as database
from app.funding.models import Account, Entry
from tests import factories
from tests.conftest import ROOT
from tests.jobs.furnish import furnish

FILES = sorted((ROOT / "migrations" / "versions").glob("*.py"))
LINE = list(ScriptDirectory(str(ROOT / "migrations")).walk_revisions())[::-1]


def test_there_is_one_head():
    assert len(ScriptDirectory(str(ROOT / "migrations")).get_heads()) == 1


def test_files_are_numbered_like_their_revisions():
    assert [path.name[:4] for path in FILES] == [f"{number:04}" for number in range(1, len(FILES) + 1)]
    assert [script.revision for script in LINE] == [path.name[:4] for path in FILES]
    assert [path.name for path in FILES if not re.fullmatch(r"\d{4}(_[a-z0-9]+)+\.py", path.name)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_migration_needs_nothing_of_the_app(path):
    """The app changes, a migration does not."""
    assert not re.search(r"^\s*(from|import) app\b", path.read_text(encoding="utf-8"), re.MULTILINE)


def _tables():
    return set(inspect(database.engine).get_table_names()) - {"alembic_version"}


def _counts(names):
    with database.engine.connect() as connection:
        return {name: connection.scalar(select(func.count()).select_from(table(name))) for name in sorted(names)}


def test_models_and_tables_agree(app):
    check()


def test_the_check_notices_a_difference(app, db):
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE towns ADD COLUMN anthem VARCHAR(60)")

    with pytest.raises(SystemExit):
        check()


def test_all_the_way_down_and_up_again(app):
    downgrade(revision="base")
    assert _tables() == set()

    upgrade()

    assert _tables() == set(database.metadata.tables)
    check()


def test_rows_outlive_the_way_down_to_the_first_tables_and_up(app, now):
    furnish(now)
    database.session.remove()  # PostgreSQL waits with a change of a table for whoever has read it
    before = _counts(_tables())
    assert sum(before.values()) > 40, "the control: there are rows to lose"

    for script in LINE[-2::-1]:
        downgrade(revision=script.revision)
    oldest = _tables()
    upgrade()

    assert _counts(oldest) == {name: before[name] for name in oldest}
    check()


def test_the_audit_names_spaces_alike_on_the_way_up_and_as_it_did_on_the_way_down(app, now):
    number = str(factories.make_space("kontor").id)
    row = {"at": now, "actor": "shell", "subject_kind": "space", "detail": {}}
    names = [
        {"action": "new_sign", "subject_id": "kontor"},
        {"action": "change_hours", "subject_id": "kontor"},
        {"action": "new_display", "subject_id": "4711"},  # a space that is gone
    ]
    database.session.execute(insert(AuditEntry), [row | name for name in names])
    database.session.commit()
    database.session.remove()

    def subjects():
        with database.engine.connect() as connection:
            return list(connection.scalars(select(AuditEntry.subject_id).order_by(AuditEntry.id)))

    downgrade(revision="0010")
    assert subjects() == [number, "kontor", "4711"]
    upgrade()
    assert subjects() == ["kontor", "kontor", "4711"]


def test_what_quotas_promised_comes_from_their_rules_and_corrections_keep_their_sums(app, cast, now):
    space = factories.make_space("kontor", price_cents=850)
    factories.make_quota(factories.make_employer("Beispiel GmbH", cast["ana"]), pays_late=True)
    bookings.book(order=Order(uuid4(), space.slug, date(2026, 11, 24), "day"), person_id=cast["ana"], now=now)
    [account] = database.session.scalars(select(Account.id))
    by_hand = {"account_id": account, "kind": "correct", "note": "Beispiel", "settled_units": -1, "reason": "hand"}
    database.session.execute(insert(Entry), [{"actor": "x", "made_at": now, "key": "by hand", **by_hand}])
    database.session.commit()
    database.session.remove()

    def entries():
        with database.engine.connect() as connection:
            rows = connection.execute(select(Entry.kind, Entry.pays_late, Entry.settled_units).order_by(Entry.id))
            return [tuple(row) for row in rows]

    assert entries() == [("grant", None, 0), ("reserve", True, 0), ("correct", None, -1)]
    downgrade(revision="0015")
    upgrade()
    assert entries() == [("grant", None, 0), ("reserve", True, 0), ("grant", None, -1)]


def test_no_index_forgets_what_it_is_about(app):
    """The check of models and tables above does not compare which rows an index holds."""
    kind = database.engine.dialect.name
    for kept in database.metadata.sorted_tables:
        found = {
            each["name"]: re.sub(r"[()\s]|::\w+( varying)?", "", str(each["dialect_options"].get(f"{kind}_where", "")))
            for each in inspect(database.engine).get_indexes(kept.name)
        }
        for index in kept.indexes:
            meant = index.dialect_options[kind]["where"]
            assert found[index.name] == re.sub(r"[()\s]", "", "" if meant is None else str(meant)), index.name
