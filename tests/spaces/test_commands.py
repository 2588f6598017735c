import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.audit.models import AuditEntry
from app.people.models import Person
from app.places import queries as places
from app.places.models import Officer
from app.spaces import operations
from app.spaces import queries as spaces
from app.spaces.models import Host

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def run(app):
    """Run a command as a shell would; returns click's result."""
    return lambda *words: app.test_cli_runner().invoke(args=[str(word) for word in words])


def test_import_says_what_it_did(run):
    first, second = (run("spaces", "import", DATA / "kreis-coesfeld.json") for _ in range(2))
    assert first.exit_code == second.exit_code == 0
    assert first.output == "Towns: 12 new or changed. Spaces: 3 new, 0 changed, 0 unchanged.\n"
    assert second.output == "Towns: 0 new or changed. Spaces: 0 new, 0 changed, 3 unchanged.\n"


def test_import_names_the_place_of_a_mistake(run, tmp_path, db):
    text = (DATA / "beispiel.json").read_text("utf-8")
    bad = tmp_path / "bad.json"
    bad.write_text(text.replace('"name": "Hofbüro Havixbeck (Beispiel)"', '"name": 7'), "utf-8")
    run("spaces", "import", DATA / "kreis-coesfeld.json")
    done = run("spaces", "import", bad)
    assert done.exit_code == 1
    assert done.output == "Error: spaces[3].name: Text is expected here.\n"
    assert not spaces.directory().bookable


def test_import_of_a_missing_file_is_refused(run):
    assert run("spaces", "import", "/nowhere.json").exit_code == 2


def test_list_shows_what_can_be_booked(run):
    assert run("spaces", "list").output == "SLUG  SPACE  TOWN  SEATS  OPERATOR\n"
    run("spaces", "import", DATA / "kreis-coesfeld.json")
    run("spaces", "import", DATA / "beispiel.json")
    lines = {line.split()[0]: line.split() for line in run("spaces", "list").output.splitlines()}
    assert len(lines) == 11
    assert lines["extragleis"] == ["extragleis", "ExtraGleis", "Billerbeck", "–", "ibp-alexianer-gmbh"]
    assert lines["beispiel-kontor-nottuln"][-2:] == ["8", "beispiel-genossenschaft-landbueros-eg"]


@pytest.mark.parametrize(
    ("scope", "table"), [("county", Officer), ("town:05558032", Officer), ("operator:ibp-alexianer-gmbh", Host)]
)
def test_grant_appoints_somebody_unknown_once(run, db, scope, table):
    run("spaces", "import", DATA / "kreis-coesfeld.json")
    assert run("people", "grant", "Kari@Example.org", scope).output == f"Kari@Example.org acts for {scope} now.\n"
    assert run("people", "grant", "kari@example.org", scope).output == f"kari@example.org acts for {scope} already.\n"
    [person] = db.session.scalars(select(Person))
    assert person.acts_for_others
    [appointed] = db.session.scalars(select(table))
    assert appointed.person_id == person.id
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action.like("appoint%"))).all()
    assert [(entry.actor, entry.detail) for entry in entries] == [("shell", {"person": person.id})]


def test_grant_keeps_a_known_persons_name(run, db, cast):
    run("spaces", "import", DATA / "kreis-coesfeld.json")
    assert run("people", "grant", "kari@beispiel.example", "county").exit_code == 0
    assert [(o.person_id, o.ags) for o in places.officers()] == [(cast["kari"], "05558")]
    assert places.officers([cast["ana"]]) == []
    acting = select(Person.name).where(Person.acts_for_others)
    assert db.session.scalars(acting).all() == ["Kari Beispiel"]


@pytest.mark.parametrize(
    ("email", "scope", "answer"),
    [
        ("kari@example.org", "town:99999999", (1, "We do not know this town")),
        ("kari@example.org", "operator:nobody", (1, "Known are: ibp-alexianer-gmbh, verein-digitalcampus")),
        ("kari", "county", (1, "email: This is not an e-mail address")),
        ("kari@example.org", "mayor", (2, "county, town:AGS or operator:SLUG")),
        ("kari@example.org", "town:", (2, "county, town:AGS or operator:SLUG")),
    ],
)
def test_grant_refuses_in_plain_words_and_changes_nothing(run, db, email, scope, answer):
    run("spaces", "import", DATA / "kreis-coesfeld.json")
    done = run("people", "grant", email, scope)
    status, words = answer
    assert done.exit_code == status
    assert words in done.output
    assert db.session.scalars(select(Person)).all() == []


def test_grant_for_the_county_needs_a_county(run):
    done = run("people", "grant", "kari@example.org", "county")
    assert (done.exit_code, "spaces import" in done.output) == (1, True)


@pytest.mark.concurrency
def test_imports_at_once_end_in_a_sentence_and_all_is_there(app, run):
    settings = app.config["NAHPLATZ"]
    environment = os.environ | {
        "FLASK_APP": "wsgi",
        "SECRET_KEY": settings.secret_key,
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
    }
    command = [sys.executable, "-m", "flask", "spaces", "import", str(DATA / "kreis-coesfeld.json")]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    imports = [subprocess.Popen(command, env=environment, cwd=DATA.parent, text=True, **pipes) for _ in range(4)]
    ended = [(each.communicate(timeout=100)[1], each.returncode) for each in imports]

    again = (
        "Error: Somebody else changed the same in this moment, so nothing was changed here. Run the command again.\n"
    )
    assert set(ended) <= {("", 0), (again, 1)}
    assert ("", 0) in ended
    done = run("spaces", "import", DATA / "kreis-coesfeld.json")
    assert done.output == "Towns: 0 new or changed. Spaces: 0 new, 0 changed, 3 unchanged.\n"


def test_somebody_else_who_was_quicker_is_said(run, monkeypatch):
    def refuse(**_):
        raise IntegrityError("INSERT", {}, Exception("duplicate key"))

    monkeypatch.setattr(operations, "import_spaces", refuse)
    done = run("spaces", "import", DATA / "kreis-coesfeld.json")
    assert (done.exit_code, "Run the command again" in done.output) == (1, True)
