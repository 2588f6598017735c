"""Migrations form one numbered line, end in exactly the tables of the models, and can be taken back with rows there."""

import re

import pytest
from alembic.script import ScriptDirectory
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import func, insert, inspect, select, table

from app.audit.models import AuditEntry
from app.extensions import db as database
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
