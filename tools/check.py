"""Everything a change must pass, in the order of what is found fastest. `check.py lint` stops before the tests.

Stops at the first failure; ends by telling what ran and how long it took.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TSC = ["node", "node_modules/typescript/bin/tsc"]
# What these look at is the same on every database.
SOURCE_GUARDS = ["architecture", "docs", "markup", "sizes", "tests"]
# What books, pays, bills and checks in is tested once more while commits fail; not what shows, reads or reckons.
WRITING = ["billing", "bookings", "checkins", "funding"]
READING = ["pages", "time", "codes", "description", "golden", "judging", "keys", "killed", "languages", "passes"]
READING += ["posters", "seasons", "signing", "timing"]
# The heart of it, where each test takes longer.
HEART = ["billing", "book", "change", "close", "reserve", "settle", "carry", "quotas", "record", "release", "own_word"]


@dataclass(frozen=True)
class Step:
    name: str
    command: list[str]


def _lint() -> list[Step]:
    return [
        Step("ruff", ["ruff", "check", "."]),
        Step("ruff format", ["ruff", "format", "--check", "."]),
        Step("mypy", ["mypy"]),
        Step("import order", ["lint-imports", "--no-logo"]),
        Step("types of the pages", [*TSC, "-p", "tsconfig.page.json"]),
        Step("types of the workers", [*TSC, "-p", "tsconfig.worker.json"]),
        Step("oxlint", ["oxlint", "--deny-warnings"]),
    ]


def _tests() -> list[Step]:
    modules = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("tests/pwa/**/*.test.js"))
    pytest = [sys.executable, "-m", "pytest", "-q", "--durations=5"]
    calm = ["-n", "2", "--dist", "worksteal", "-m", "not concurrency", "--ignore=tests/browser"]
    # What sets many processes on one database needs the machine for itself.
    crowded = ["-m", "concurrency", "--ignore=tests/browser"]
    postgresql = [sys.executable, "-m", "tests.cluster", "--", *pytest, "--db=postgresql"]
    one_file = "--ignore=tests/race/test_writers.py"
    guards = [f"--ignore=tests/guards/test_{name}.py" for name in SOURCE_GUARDS]
    failing = ["-p", "tests.failing_commits", *calm]
    return [
        Step("modules of the browser side", ["node", "--test", "--test-reporter=dot", *modules]),
        Step("tests on SQLite", [*pytest, *calm]),
        Step("tests on PostgreSQL", [*postgresql, *calm, *guards]),
        Step("failing commits on SQLite", [*pytest, *failing, *_writing()]),
        Step("failing commits on PostgreSQL", [*postgresql, *failing, *_writing(HEART)]),
        Step("many at once on SQLite", [*pytest, *crowded]),
        Step("many at once on PostgreSQL", [*postgresql, *crowded, one_file]),
        Step("phones on a bad day", [sys.executable, "-m", "tests.crowd"]),
        Step("tests in a browser", [*pytest, "-n", "2", "--dist", "loadfile", "tests/browser"]),
    ]


def _writing(words: Sequence[str] = ("",)) -> list[str]:
    """Return the test files of what writes, of them those that have one of the words in their names."""
    paths = [path for folder in WRITING for path in ROOT.glob(f"tests/{folder}/test_*.py")]
    names = {str(path.relative_to(ROOT)): f"{path.parent.name} {path.stem.removeprefix('test_')}" for path in paths}
    return sorted(
        path
        for path, name in names.items()
        if not any(word in name for word in READING) and any(word in name.split() or not word for word in words)
    )


def main() -> int:
    """Run the steps and report."""
    os.chdir(ROOT)
    steps = _lint() if sys.argv[1:] == ["lint"] else _lint() + _tests()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done: list[tuple[str, float, bool]] = []
    for step in steps:
        print(f"\n── {step.name}", flush=True)
        began = time.monotonic()
        code = subprocess.run(step.command, check=False, env=os.environ | {"PATH": path}).returncode
        done.append((step.name, time.monotonic() - began, code == 0))
        if code != 0:
            break
    return _report(done, left=len(steps) - len(done))


def _report(done: list[tuple[str, float, bool]], *, left: int) -> int:
    print()
    for name, seconds, passed in done:
        print(f"{'ok    ' if passed else 'FAILED'} {seconds:7.1f} s  {name}")
    print(f"{sum(seconds for _, seconds, _ in done):14.1f} s  in all")
    if left:
        print(f"{left} more not run.")
    return 0 if done[-1][2] else 1


if __name__ == "__main__":
    sys.exit(main())
