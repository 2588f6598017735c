"""What was backed up comes back the same, on the same and on the other database, and from one moment."""

import hashlib
import itertools
import json
import os
import stat
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import closing, contextmanager
from datetime import timedelta

import psycopg
import pytest
from flask import current_app
from sqlalchemy import func, insert, make_url, select, text
from sqlalchemy.exc import IntegrityError

from app import clock, create_app
from app.audit.models import AuditEntry
from app.bookings import operations as bookings
from app.extensions import db as database
from app.jobs import archive, backup, queries, restore
from tests.conftest import ROOT, settings_for
from tests.factories import make_person
from tests.jobs.furnish import TUESDAY, furnish, order

DAY = timedelta(days=1)


@pytest.fixture
def elsewhere(cluster, tmp_path, assets_folder):
    """Enter an app on an empty database, without tables yet, of the kind that is named."""
    made, numbers = [], itertools.count()

    @contextmanager
    def enter(kind):
        folder = tmp_path / f"elsewhere{next(numbers)}"
        folder.mkdir()
        (folder / "assets").symlink_to(assets_folder)
        url = f"sqlite:///{folder / 'x.sqlite3'}"
        if kind == "postgresql":
            name = f"elsewhere_{time.monotonic_ns()}"
            _on_server(cluster, f"CREATE DATABASE {name}")
            url = make_url(cluster).set(database=name).render_as_string(hide_password=False)
            made.append(name)
        app = create_app(settings_for(url, folder))
        with app.app_context():
            yield app
            database.session.remove()
            database.engine.dispose()

    yield enter
    for name in made:
        _on_server(cluster, f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(cluster, statement):
    address = make_url(cluster).set(drivername="postgresql", database="postgres")
    with closing(psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)) as connection:
        connection.execute(statement)


def _digests(manifest):
    return {table.name: (table.rows, table.sha256) for table in manifest.tables}


@pytest.fixture
def kinds(database_kind):
    """The databases that this run has."""
    return ["sqlite"] if database_kind == "sqlite" else ["postgresql", "sqlite", "postgresql"]


def test_comes_back_the_same_from_one_kind_of_database_to_the_other(app, elsewhere, kinds, tmp_path, now):
    furnish(now)
    file = tmp_path / "0.zip"
    original = backup.back_up(file, now=now)
    assert [table.name for table in original.tables if not table.rows] == [], "the furniture lacks a table"

    for number, kind in enumerate(kinds, start=1):
        with elsewhere(kind):
            restored = restore.restore(file, now=clock.now())
            file = tmp_path / f"{number}.zip"
            again = backup.back_up(file, now=now)
            contradictions = list(queries.findings())

        assert _digests(restored) == _digests(original)
        assert _digests(again) == _digests(original)
        assert contradictions == []


def test_rows_get_new_numbers_afterwards(app, elsewhere, kinds, tmp_path, now):
    furnish(now)
    backup.back_up(tmp_path / "b.zip", now=now)
    with elsewhere(kinds[0]):
        restore.restore(tmp_path / "b.zip", now=clock.now())
        last = database.session.scalar(select(func.max(AuditEntry.id)))

        person = make_person("Neu")

        assert person.id == 7
        assert last == 1


def test_the_file_is_for_its_owner_only_and_nothing_else_stays(app, tmp_path, now):
    target = tmp_path / "backups" / "b.zip"
    target.parent.mkdir()
    target.write_text("an older one")

    backup.back_up(target, now=now)

    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(target.parent.iterdir()) == [target]
    with zipfile.ZipFile(target) as content:
        assert json.loads(content.read("manifest.json"))["revision"] == queries.head()
        assert content.testzip() is None


def test_a_backup_that_fails_leaves_the_older_one(app, tmp_path, now, monkeypatch):
    target = tmp_path / "backups" / "b.zip"
    target.parent.mkdir()
    target.write_text("an older one")
    monkeypatch.setattr(archive.Manifest, "write", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        backup.back_up(target, now=now)

    assert target.read_text() == "an older one"
    assert list(target.parent.iterdir()) == [target]


def test_tables_of_another_version_are_not_backed_up(app, db, tmp_path, now):
    db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    db.session.commit()

    with pytest.raises(backup.NotUpToDate, match="flask db upgrade"):
        backup.back_up(tmp_path / "b.zip", now=now)


def test_a_database_with_rows_is_left_alone(app, elsewhere, kinds, tmp_path, now):
    make_person("Ana")
    backup.back_up(tmp_path / "b.zip", now=now)

    with pytest.raises(restore.NotEmpty, match="not empty: there are rows in addresses"):
        restore.restore(tmp_path / "b.zip", now=clock.now())

    with elsewhere(kinds[0]):
        with database.engine.begin() as connection:
            connection.execute(text("CREATE TABLE recipes (id INTEGER)"))
        with pytest.raises(restore.NotEmpty, match="do not come from Nahplatz"):
            restore.restore(tmp_path / "b.zip", now=clock.now())


def test_empty_tables_of_any_revision_are_filled(app, elsewhere, kinds, tmp_path, now):
    make_person("Ana")
    backup.back_up(tmp_path / "b.zip", now=now)
    with elsewhere(kinds[0]) as other:
        for revision in ("0001", "head"):
            assert other.test_cli_runner().invoke(args=["db", "upgrade", revision]).exit_code == 0
        assert other.test_cli_runner().invoke(args=["db", "downgrade", "0001"]).exit_code == 0

        restore.restore(tmp_path / "b.zip", now=clock.now())

        assert queries.is_at_head()
        assert database.session.execute(text("SELECT name FROM people")).scalars().all() == ["Ana"]


def _rewrite(source, target, change):
    """Copy a zip, changed by `change(name, content) -> content or None`."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)


def _edit(name, before, after):
    return lambda found, content: content.replace(before, after) if found == name else content


DAMAGES = {
    "a row lost": lambda name, content: b"".join(content.splitlines(True)[1:]) if "people" in name else content,
    "a name changed": _edit("tables/people.jsonl", b"Beispiel 1", b"Beispiel 9"),
    "a line cut": lambda name, content: content[:-9] if "people" in name else content,
    "no JSON": lambda name, content: b"x\n" if "people" in name else content,
    "a table lost": lambda name, content: None if "people" in name else content,
    "no manifest": lambda name, content: None if name == "manifest.json" else content,
    "another format": _edit("manifest.json", b'"format": 1', b'"format": 2'),
    "a newer version": lambda name, content: content.replace(queries.head().encode(), b"9999"),
    "an unknown kind": _edit("manifest.json", b'"moment"', b'"century"'),
    "a column lost": _edit("tables/people.jsonl", b"[1,", b"["),
}


@pytest.fixture
def good(app, tmp_path, now):
    """A backup of a whole house."""
    furnish(now)
    backup.back_up(tmp_path / "good.zip", now=now)
    return tmp_path / "good.zip"


def test_a_damaged_file_is_refused_and_changes_nothing(good, elsewhere, kinds, tmp_path):
    bad = tmp_path / "bad.zip"
    with elsewhere(kinds[-1]):
        for damage, change in DAMAGES.items():
            _rewrite(good, bad, change)
            assert _is_refused(bad), damage
        assert database.inspect(database.engine).get_table_names() == []

        _rewrite(good, bad, lambda _, content: content)
        assert not _is_refused(bad), "the control: a copy without damage is taken"


def _is_refused(file):
    try:
        restore.restore(file, now=clock.now())
    except archive.Unusable:
        return True
    return False


def _forge(source, target, table, change):
    """Change the lines of a table and what the manifest says of them, so that the sums agree again."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        contents = {name: old.read(name) for name in old.namelist()}
        name = f"tables/{table}.jsonl"
        contents[name] = change(contents[name])
        manifest = json.loads(contents["manifest.json"])
        facts = next(each for each in manifest["tables"] if each["name"] == table)
        facts["sha256"] = hashlib.sha256(contents[name]).hexdigest()
        facts["rows"] = len(contents[name].splitlines())
        contents["manifest.json"] = json.dumps(manifest).encode()
        for name, content in contents.items():
            new.writestr(name, content)


FORGERIES = {
    "a row twice": ("people", lambda lines: lines + lines.splitlines(True)[0]),
    "nobody's bookings": ("people", lambda lines: b""),
    "no value where one must be": ("spaces", lambda lines: lines.replace(b'"wagen"', b"null")),
    "nested beyond reason": ("messages", lambda lines: b"[" * 100_000 + b"\n"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_file_ends_in_a_sentence_and_leaves_no_row(good, elsewhere, kinds, tmp_path, forgery):
    table, change = FORGERIES[forgery]
    _forge(good, tmp_path / "bad.zip", table, change)
    with elsewhere(kinds[-1]) as other:
        done = other.test_cli_runner().invoke(args=["restore", str(tmp_path / "bad.zip")])
        assert (done.exit_code, type(done.exception)) == (1, SystemExit)
        assert "bad.zip cannot be restored: " in done.output
        assert done.output.count("\n") == 1
        database.session.rollback()
        left = [name for name in database.inspect(database.engine).get_table_names() if name != "alembic_version"]
        assert [
            name for name in left if database.session.execute(select(text("1")).select_from(text(name))).first()
        ] == []


def test_half_a_file_is_refused(good, elsewhere, tmp_path):
    content = good.read_bytes()
    bad = tmp_path / "bad.zip"
    with elsewhere("sqlite"):
        for part in (0.0, 0.3, 0.98):
            bad.write_bytes(content[: int(len(content) * part)])
            with pytest.raises(archive.Unusable, match="no backup"):
                restore.restore(bad, now=clock.now())


def test_a_flipped_bit_is_noticed(good, elsewhere, tmp_path):
    content = bytearray(good.read_bytes())
    with zipfile.ZipFile(good) as archived:
        where = archived.getinfo("tables/messages.jsonl").header_offset + 80
    content[where] ^= 4
    (tmp_path / "bad.zip").write_bytes(content)

    with elsewhere("sqlite"):
        assert _is_refused(tmp_path / "bad.zip")


def _write_without_pause(app, person, day, stop, counts):
    with app.app_context():
        while not stop.is_set():
            made = order(person, day, clock.now(), "morning")
            bookings.cancel(booking_uuid=made, person_id=person, now=clock.now())
            counts.append(1)
        database.session.remove()


def _contradictions_under_load(app, elsewhere, folder, now, monkeypatch):
    """Back up three times with writers at work, restore each, and count what contradicts."""
    people = furnish(now)
    write = archive.write_table
    monkeypatch.setattr(archive, "write_table", lambda *args: (time.sleep(0.05), write(*args))[1])
    stop, counts = threading.Event(), []
    threads = [
        threading.Thread(target=_write_without_pause, args=(app, people[3 + n], TUESDAY + n * DAY, stop, counts))
        for n in range(3)
    ]
    for thread in threads:
        thread.start()
    try:
        for number in range(3):
            before = len(counts)
            backup.back_up(folder / f"{number}.zip", now=now)
            assert len(counts) > before, "nobody wrote meanwhile, so nothing was shown"
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    return sum(_contradictions(elsewhere, folder / f"{number}.zip") for number in range(3))


def _contradictions(elsewhere, file):
    with elsewhere("sqlite"):
        try:
            restore.restore(file, now=clock.now())
        except IntegrityError:
            return 1
        return len(list(queries.findings()))


@pytest.mark.concurrency
def test_a_backup_shows_one_moment_while_others_write(app, elsewhere, tmp_path, now, monkeypatch):
    assert _contradictions_under_load(app, elsewhere, tmp_path, now, monkeypatch) == 0


@pytest.mark.concurrency
def test_the_control_that_reads_one_table_after_the_other_contradicts_itself(
    app, elsewhere, tmp_path, now, monkeypatch
):
    def read_alone(connection, table):
        with database.engine.connect() as own:
            yield from own.execute(select(table).order_by(*table.primary_key))

    monkeypatch.setattr(backup, "_rows", read_alone)

    assert _contradictions_under_load(app, elsewhere, tmp_path, now, monkeypatch) > 0


def _fill(db, now, thousands):
    row = {"at": now, "actor": "shell", "action": "x", "subject_kind": "x", "detail": {"text": "ä" * 4000}}
    for _ in range(thousands):
        db.session.execute(insert(AuditEntry), [{**row, "subject_id": str(n)} for n in range(1000)])
    db.session.commit()


# A process's own peak: what the system keeps for its parent would count the parent's memory before the exec.
MEASURED = r"""
import re, sys
from pathlib import Path
from flask.cli import ScriptInfo
from wsgi import app
app.cli.main(sys.argv[1:], standalone_mode=False, obj=ScriptInfo(create_app=lambda: app))
print(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
"""


def _peak(app, *command):
    """Run `flask …` in a process of its own and return the most memory it had, in MB."""
    settings = app.config["NAHPLATZ"]
    environment = os.environ | {
        "SECRET_KEY": "only for tests",
        "FLASK_RUN_FROM_CLI": "true",
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "LOG_LEVEL": "WARNING",
    }
    line = [sys.executable, "-c", MEASURED, *command]
    said = subprocess.run(line, env=environment, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return int(said.split()[-1]) / 1024


def test_memory_stays_flat(db, now, elsewhere, kinds, tmp_path):
    few, many = str(tmp_path / "few.zip"), str(tmp_path / "many.zip")
    app = current_app
    _fill(db, now, 1)
    out = [_peak(app, "backup", few)]
    _fill(db, now, 9)
    out.append(_peak(app, "backup", many))
    back = []
    for file in (few, many):
        with elsewhere(kinds[0]) as other:
            back.append(_peak(other, "restore", file))

    print(f"MB at most with 1,000 and with 10,000 rows of 8 kB: backup {out}, restore {back}")
    assert out[1] - out[0] < 15
    assert back[1] - back[0] < 15


def test_every_column_of_every_table_can_be_backed_up(app):
    kinds = {archive.kind_of(column) for table in backup.tables() for column in table.columns}

    assert kinds <= set(archive.KINDS)
    assert {"moment", "uuid", "json"} <= kinds


def test_the_commands_say_what_they_did_and_why_not(app, elsewhere, tmp_path, now):
    furnish(now)
    file = str(tmp_path / "b.zip")
    made = app.test_cli_runner().invoke(args=["backup", file])
    full = app.test_cli_runner().invoke(args=["restore", file])
    nowhere = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "no" / "b.zip")])
    with elsewhere("sqlite") as other:
        missing = other.test_cli_runner().invoke(args=["restore", str(tmp_path / "other.zip")])
        restored = other.test_cli_runner().invoke(args=["restore", file])

    assert made.output.startswith(f"{file}: ")
    assert made.output.endswith(" tables\n")
    assert (full.exit_code, missing.exit_code, nowhere.exit_code) == (1, 1, 1)
    assert "The database is not empty" in full.output
    assert "cannot be restored: there is no such file. Nothing was changed." in missing.output
    assert "No such file or directory" in nowhere.output
    assert restored.output.startswith("Restored ")
