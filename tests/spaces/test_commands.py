from pathlib import Path

import pytest

from app.spaces import queries as spaces

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def run(app):
    """Run a command as a shell would; returns click's result."""
    return lambda *words: app.test_cli_runner().invoke(args=[str(word) for word in words])


def test_import_says_what_it_did(run):
    first, second = (run("spaces", "import", DATA / "kreis-coesfeld.json") for _ in range(2))
    assert first.exit_code == second.exit_code == 0
    assert first.output == "Kommunen: 12 neu oder geändert. Orte: 3 neu, 0 geändert, 0 unverändert.\n"
    assert second.output == "Kommunen: 0 neu oder geändert. Orte: 0 neu, 0 geändert, 3 unverändert.\n"


def test_import_names_the_place_of_a_mistake(run, tmp_path, db):
    text = (DATA / "beispiel.json").read_text("utf-8")
    bad = tmp_path / "bad.json"
    bad.write_text(text.replace('"name": "Hofbüro Havixbeck (Beispiel)"', '"name": 7'), "utf-8")
    run("spaces", "import", DATA / "kreis-coesfeld.json")
    done = run("spaces", "import", bad)
    assert done.exit_code == 1
    assert done.output == "Error: spaces[3].name: Hier wird ein Text erwartet.\n"
    assert not spaces.directory().bookable


def test_import_of_a_missing_file_is_refused(run):
    assert run("spaces", "import", "/nowhere.json").exit_code == 2
