"""`python -m tests.race`: the race on both databases, short, or a million attempts with `--long`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import cluster
from tests.race import house, race, report

SHORT, LONG, CONTROL = 20_000, 1_000_000, 2_000


def main() -> int:
    """Run races and their controls; say what they showed."""
    parser = argparse.ArgumentParser(prog="python -m tests.race", description=__doc__)
    parser.add_argument("--long", action="store_true", help=f"{LONG:,} attempts on each database")
    parser.add_argument("--attempts", type=int, help="so many on each database")
    parser.add_argument("--hours", type=float, default=3.0, help="at most so long on each database")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append", help="only this one")
    options = parser.parse_args()
    attempts = options.attempts or (LONG if options.long else SHORT)
    courses = [
        race.Course(min(CONTROL, attempts), 600, is_control=True),
        race.Course(attempts, options.hours * 3600),
    ]
    outcomes = []
    for kind in options.database or ["sqlite", "postgresql"]:
        for course in courses:
            print(f"{kind}{', control' if course.is_control else ''}: {course.attempts:,} attempts", flush=True)
            with database(kind) as (url, folder):
                outcomes.append(race.run(url, folder, course, lambda line: print(line, flush=True)))
    print("\n" + report.table(outcomes) + "\n")
    reasons = [f"{outcome.database}: {reason}" for outcome in outcomes for reason in report.verdict(outcome)]
    reasons += [
        f"{outcome.database}: somebody waited {outcome.longest_lock_wait:.1f} s for the lock"
        for outcome in outcomes
        if outcome.longest_lock_wait > report.LOCK_WAIT_LIMIT
    ]
    print("\n".join(reasons) or "Nothing was sold twice, and every control found something.")
    return 1 if reasons else 0


@contextmanager
def database(kind: str) -> Iterator[tuple[str, Path]]:
    """Make a migrated database of our own, as durable as in production."""
    with tempfile.TemporaryDirectory(prefix="nahplatz-race-") as name:
        folder = Path(name)
        if kind == "sqlite":
            url = f"sqlite:///{folder / 'race.sqlite3'}"
            _migrate(url, folder)
            yield url, folder
            return
        with cluster.running(fsync=True) as url:
            _migrate(url, folder)
            yield url, folder


def _migrate(url: str, folder: Path) -> None:
    with house.opened(url, folder / "house"):
        house.migrate()


if __name__ == "__main__":
    sys.exit(main())
