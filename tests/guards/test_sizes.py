"""Files stay small enough to be read in one go. What outgrows its limit becomes a folder of the same name."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LIMITS = {
    "models": 200,
    "queries": 250,
    "operations": 250,
    "steps": 150,
    "schemas": 150,
    "forms": 150,
    "routes": 250,
    "commands": 150,
}
ANY_OTHER = 250


def _limit(path: Path) -> int:
    """A file in a folder that is called like a kind of file has the limit of that kind."""
    for name in (path.stem, *(folder.name for folder in path.parents)):
        if name in LIMITS:
            return LIMITS[name]
    return ANY_OTHER


def _sources() -> list[Path]:
    own = [path for path in ROOT.glob("pwa/**/*.js") if "vendor" not in path.parts]
    return sorted([*ROOT.glob("app/**/*.py"), *own, *ROOT.glob("tools/**/*.py"), ROOT / "wsgi.py"])


@pytest.mark.parametrize("path", _sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_source_file_keeps_to_its_limit(path):
    lines = path.read_text(encoding="utf-8").count("\n")
    limit = _limit(path.relative_to(ROOT))

    assert lines <= limit, f"{path.relative_to(ROOT)} has {lines} lines, {limit} are allowed: make it a folder"


def test_limits_are_found_by_name_and_by_folder():
    assert _limit(Path("app/bookings/operations.py")) == 250
    assert _limit(Path("app/bookings/operations/book.py")) == 250
    assert _limit(Path("app/bookings/steps/slots.py")) == 150
    assert _limit(Path("app/config.py")) == ANY_OTHER
