"""What can go wrong with a check-in is listed row by row; a row that is promised has tests that carry its number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
PAGE = TESTS.parent / "docs" / "offline-check-in.md"
SERVER = ("checkins", "hosting")
PHONE = ("pwa", "browser")

# Row: the case, and on which sides it must be proved.
ROWS = {
    1: ("the same scan pressed twice on one phone", (SERVER, PHONE)),
    2: ("the same sign scanned on two devices, both offline", (SERVER,)),
    3: ("the same event sent ten times", (SERVER, PHONE)),
    4: ("events out of order, a gap in their numbers", (SERVER, PHONE)),
    5: ("a part of a batch fails", (SERVER, PHONE)),
    6: ("the answer is lost after the commit", (SERVER, PHONE)),
    7: ("an error before the commit, a time-out", (SERVER, PHONE)),
    8: ("the server is killed in the middle of a batch", (SERVER,)),
    9: ("a portal answers 200", (SERVER, PHONE)),
    15: ("midnight", (SERVER,)),
    16: ("summer and winter time", (SERVER,)),
    18: ("the booking was cancelled after the scan", (SERVER,)),
    19: ("the seat was released before the scan arrived", (SERVER,)),
    24: ("the person may no longer sign in", (SERVER,)),
    25: ("somebody else signs in on the same phone", (SERVER, PHONE)),
    26: ("the session expired", (SERVER, PHONE)),
    27: ("the phone's storage was wiped", (SERVER, PHONE)),
    28: ("the device is lost", (SERVER,)),
    30: ("two tabs, or worker and page, send together", (SERVER, PHONE)),
    31: ("the phone's storage is full", (PHONE,)),
    32: ("the app is updated while events wait", (SERVER, PHONE)),
    33: ("an old app meets a new server", (SERVER, PHONE)),
    34: ("a captured upload is sent again", (SERVER,)),
    35: ("an event is forged", (SERVER,)),
    38: ("a foreign code is stuck over the sign", (SERVER, PHONE)),
    41: ("the key that signs passes changes", (SERVER,)),
    43: ("a host's clock is wrong", (PHONE,)),
    44: ("everybody sends at once", (SERVER, PHONE)),
    45: ("the disk of the server is full", (SERVER,)),
    46: ("fail-over between commit and answer", (SERVER,)),
}
# Rows of the table that no test carries yet. Whoever writes the first test of a row takes it out here.
NOT_YET: set[int] = set()
# Rows that promise "never": next to the proof stands a run without the safeguard, which must fail.
WITH_CONTROL = (3, 4, 5, 6, 27, 30, 34, 35, 41, 45, 46)


def _names(folders: Iterable[str]) -> list[str]:
    """Return the titles of all tests in these folders that carry a row, from files that the runners collect."""
    names = []
    for folder in folders:
        for path in [*(TESTS / folder).glob("**/test_*.py"), *(TESTS / folder).glob("**/*.test.js")]:
            names += _titles(path.read_text(encoding="utf-8"))
    return names


def _table() -> list[int]:
    """Return the numbers of the page's rows, in its order."""
    found = re.findall(r"^\| (\d+)(?:–(\d+))? (?:\|[^|]*){3}\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [number for first, last in found for number in range(int(first), int(last or first) + 1)]


def _titles(text: str) -> list[str]:
    """Names of Python tests and titles of JavaScript ones, in the same spelling."""
    python = re.findall(r"^ *def test_(rows?_\w+)\(", text, re.MULTILINE)
    script = re.findall(r"""^ *test\(["'`](rows? [^"'`]+)""", text, re.MULTILINE)
    return [name.replace("_", " ") for name in python] + script


def _rows(title: str) -> set[int]:
    """`row 04 control …` is about row 4, `row 3 and 6: …` about both."""
    head = re.match(r"rows? (\d+(?:(?: and |, )\d+)*)", title)
    return {int(number) for number in re.findall(r"\d+", head[1])} if head else set()


def test_the_table_has_48_rows():
    assert _table() == list(range(1, 49))


@pytest.mark.parametrize("row", range(1, 49))
def test_every_row_of_the_table_has_a_test_or_is_known_to_have_none(row):
    is_proved = any(row in _rows(title) for title in _names(["."]))

    assert is_proved != (row in NOT_YET), "take it out of NOT_YET" if is_proved else "no test has it in its name"


@pytest.mark.parametrize("row", ROWS)
def test_every_promised_row_is_proved_on_its_sides(row):
    case, sides = ROWS[row]
    for folders in sides:
        assert any(row in _rows(title) for title in _names(folders)), f"row {row} ({case}): no test in {folders}"


@pytest.mark.parametrize("row", WITH_CONTROL)
def test_what_promises_never_has_a_control(row):
    titles = [title for title in _names(SERVER) if row in _rows(title)]
    assert any("control" in title for title in titles), f"row {row} has no control"


def test_the_guard_reads_names():
    python = "def test_row_03_same_event_ten_times(phone):\n    def test_row_9\ndef test_rows_39_and_41_passes():"
    script = 'test("row 3 and 6: a lost answer", async () => {\nawait test("brown 7: no")'
    assert [_rows(title) for title in _titles(python)] == [{3}, {39, 41}]
    assert [_rows(title) for title in _titles(script)] == [{3, 6}]
