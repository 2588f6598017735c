"""The page about offline check-in names, for each row of the fault table, exactly where it is proved."""

import re

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "offline-check-in.md").read_text(encoding="utf-8")
PLACES = {"server": "tests/checkins", "host": "tests/hosting", "phone": "tests/pwa", "browser": "tests/browser"}
PYTHON = re.compile(r"^ *def test_rows?_(\d+)", re.MULTILINE)
SCRIPT = re.compile(r"""^ *test\(["'`]rows? (\d+(?:(?: and |, )\d+)*)""", re.MULTILINE)


def _proved_in(folder):
    """Return the numbers of rows that tests in a folder carry in their names."""
    found = set()
    for path in (ROOT / folder).glob("**/*"):
        if path.suffix in {".py", ".js"}:
            for numbers in (PYTHON if path.suffix == ".py" else SCRIPT).findall(path.read_text(encoding="utf-8")):
                found |= {int(number) for number in re.findall(r"\d+", numbers)}
    return found


def _rows():
    """Return {number: places named} of the fault table."""
    rows = {}
    for first, last, places in re.findall(r"^\| (\d+)(?:–(\d+))? \|.*\| ([a-z, ]*)\|$", PAGE, re.MULTILINE):
        for number in range(int(first), int(last or first) + 1):
            rows[number] = {place.strip() for place in places.split(",") if place.strip()}
    return rows


def test_every_case_has_its_row():
    assert list(_rows()) == list(range(1, 49))


@pytest.mark.parametrize("place", PLACES)
def test_the_page_says_where_each_row_is_proved(place):
    named = {number for number, places in _rows().items() if place in places}

    assert named == _proved_in(PLACES[place])
