"""`python -m tests.race`: the races on both databases, short, or with `--long` a million attempts to book."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import cluster
from tests.race import checkins, house, race, report

SHORT, LONG, CONTROL = 20_000, 1_000_000, 2_000
GUESTS, MANY_GUESTS, CONTROL_GUESTS = 16, 400, 8
CONTROL_SECONDS = 600
PASSED = "Nothing sold or charged twice, nothing overdrawn, no check-in lost or doubled; every control found something."
Outcome = race.Outcome | checkins.Outcome
Run = Callable[[str, Path], Outcome]


def main() -> int:
    """Run races and their controls; say what they showed."""
    parser = argparse.ArgumentParser(prog="python -m tests.race", description=__doc__)
    parser.add_argument("--long", action="store_true", help=f"{LONG:,} attempts on each database")
    parser.add_argument("--attempts", type=int, help="so many on each database")
    parser.add_argument("--hours", type=float, default=3.0, help="at most so long for each race on each database")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append", help="only this one")
    options = parser.parse_args()
    attempts = options.attempts or (LONG if options.long else SHORT)
    seconds = options.hours * 3600
    kinds = options.database or ["sqlite", "postgresql"]
    say = _Progress(60 if options.long else 10)
    bookings = [
        *(race.Course(min(CONTROL, attempts), CONTROL_SECONDS, control=lack) for lack in ("keys", "checks")),
        race.Course(attempts, seconds),
    ]
    guests = [
        checkins.Course(CONTROL_GUESTS, CONTROL_SECONDS, is_control=True),
        checkins.Course(MANY_GUESTS if options.long else GUESTS, seconds),
    ]
    reasons = []
    for name, module, courses in (("bookings", race, bookings), ("check-ins", checkins, guests)):
        outcomes: list[Outcome] = []
        for kind in kinds:
            for course in courses:
                print(f"{name} on {kind}{', control' if course.is_control else ''}", flush=True)
                with database(kind) as (url, folder):
                    outcomes.append(module.run(url, folder, course, say))
        print("\n" + report.table(outcomes) + "\n", flush=True)
        reasons += [
            f"{name} on {each.database}: {reason}"
            for each in outcomes
            for reason in report.verdict(each) + report.waits(each)
        ]
    print("\n".join(reasons) or PASSED)
    return 1 if reasons else 0


class _Progress:
    """Prints how far a race is, at most once in so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.told = time.monotonic()

    def __call__(self, line: str) -> None:
        if time.monotonic() - self.told >= self.seconds - 1:
            self.told = time.monotonic()
            print(line, flush=True)


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
