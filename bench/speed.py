"""All works on one database: warm up, measure with one, eight and thirty-two clients, compare."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench import bare, furnish, report, yardsticks
from bench.measure import Database, Figure, Sent, measure
from bench.report import Row
from bench.works import BATCHES, Works
from bench.yardsticks import Cost
from tests import cluster
from tests.race import house, server, wire
from tests.race.server import Server

CLIENTS = (1, 8, 32)
# What cannot be repeated: at most so many in one measurement.
ONCE = {"book": 1_500, "book_paid": 1_500, "check_in": 1_500, "batch": BATCHES}
WORKS = (
    "book",
    "book_paid",
    "check_in",
    "batch",
    "availability",
    "availability_unchanged",
    "availability_30",
    "availability_30_unchanged",
    "snapshot",
    "snapshot_unchanged",
    "start_page",
)
EMPTY = [wire.request("GET", "/empty")] * 100
EMPTY_SECONDS, BARE_SECONDS = 1.0, 2.0
# Works that are compared with each other take turns: a second apart the machine is another one.
BESIDE = {"book_paid": "book"}
TURNS, A_TURN = 12, 300


@dataclass(frozen=True)
class Wish:
    """What to measure, and how long each."""

    works: tuple[str, ...] = WORKS
    clients: tuple[int, ...] = CLIENTS
    seconds: float = 3.0


@dataclass(frozen=True)
class Result:
    """Everything that one database showed."""

    kind: str
    rows: list[Row]
    costs: dict[str, Cost]
    peaks: list[float]

    @property
    def is_sqlite(self) -> bool:
        return self.kind == "sqlite"

    def text(self) -> str:
        return "\n\n".join(
            [
                f"# {title(self.kind)}",
                f"{os.cpu_count()} cores, Python {platform.python_version()}, gunicorn with 2 workers of 4 threads.",
                report.verdicts(self.rows, self.costs, self.peaks, is_sqlite=self.is_sqlite),
                report.table(self.rows),
                report.costs_table(self.costs),
            ]
        )


def title(kind: str) -> str:
    return "SQLite, WAL, synchronous=FULL" if kind == "sqlite" else "PostgreSQL, synchronous commit"


def run(kind: str, wish: Wish, say: Callable[[str], None]) -> Result:
    """Measure on a new database of this kind."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="nahplatz-bench-")))
        url = database(kind, folder, stack)
        say(f"{kind}: furnishing")
        made = furnish.furnish(url, folder, furnish.Size())
        empty = stack.enter_context(server.running(url, folder, app="bench.empty:app"))
        serving = stack.enter_context(server.running(url, folder))
        bench = Bench(url, folder, Works(made, serving), empty, wish)
        costs = bench.costs()
        bench.warm_up()
        rows = [row for clients in wish.clients for row in bench.level(clients, say)]
        return Result(kind, rows, costs, serving.peak_mib())


def database(kind: str, folder: Path, stack: ExitStack) -> str:
    """Make a migrated, empty database, as durable as in production."""
    sqlite = f"sqlite:///{folder / 'bench.sqlite3'}"
    url = sqlite if kind == "sqlite" else stack.enter_context(cluster.running(fsync=True))
    with house.opened(url, folder / "house"):
        house.migrate()
    return url


@dataclass
class Bench:
    """A furnished house that is served, with an empty route beside it."""

    url: str
    folder: Path
    works: Works
    empty: Server
    wish: Wish
    statements: dict[str, list[bare.Statement]] = field(default_factory=dict)
    replayed: int = 0

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    def costs(self) -> dict[str, Cost]:
        """Look at single requests in this process, and note the SQL of those that write."""
        with yardsticks.inside(self.url, self.folder, self.works.server.public_url) as inside:
            costs = {}
            for work in self.wish.works:
                requests = self.works.check_in(3) if work == "batch" else getattr(self.works, work)(3)
                if work == "batch":
                    continue
                costs[work] = inside.cost(requests)
            if "book" in costs:
                self.statements["book"] = yardsticks.booking_sql(inside, self.works)
            if {"check_in", "batch"} & set(self.wish.works):
                self.statements["check_in"] = yardsticks.checkin_sql(inside, self.works)
                self.statements["batch"] = yardsticks.single_inserts(self.statements["check_in"])
        return costs

    def warm_up(self) -> None:
        """Let every worker fill what it keeps, and compile what it asks."""
        for work in self.wish.works:
            requests = getattr(self.works, work)(80) if work != "batch" else self.works.check_in(80)
            self._measure(Sent(requests, 8, 10))

    def level(self, clients: int, say: Callable[[str], None]) -> list[Row]:
        """Measure all works with so many clients, an empty route before and after each."""
        rows: list[Row] = []
        before = self._empty(clients)
        for work in self.wish.works:
            once = ONCE.get(work)
            requests = getattr(self.works, work)(once or 1_000)
            figure = self._measure(Sent(requests, clients, self.wish.seconds, repeats=once is None))
            after = self._empty(clients)
            row = Row(
                work,
                figure,
                median([before, after]),
                self._bare(work, clients),
                50 if work == "batch" else 1,
                self._beside(work, clients),
            )
            rows.append(row)
            before = after
            say(_line(row))
            if figure.bad:
                say(self.works.server.said())
        return rows

    def _measure(self, sent: Sent) -> Figure:
        return measure(self.works.server, Database(self.url), sent)

    def _beside(self, work: str, clients: int) -> float | None:
        """Return the p50 of a work in that of the one that it is compared with: the median of many short turns."""
        other = BESIDE.get(work)
        if other is None or clients != report.CHECKED_AT:
            return None
        shares = []
        for turn in range(TURNS):
            pair = (work, other) if turn % 2 else (other, work)
            p50 = {
                each: self._measure(Sent(getattr(self.works, each)(A_TURN), clients, self.wish.seconds)).p50
                for each in pair
            }
            shares.append(p50[work] / p50[other])
        return median(shares)

    def _empty(self, clients: int) -> float:
        return measure(self.empty, Database(self.url), Sent(EMPTY, clients, EMPTY_SECONDS, repeats=True)).cpu

    def _bare(self, work: str, processes: int) -> float | None:
        """Let the bare driver do the same in as many processes."""
        statements = self.statements.get(work)
        if statements is None:
            return None
        count = 1_000 * processes if work != "book" else 6_000
        if work == "book":
            values = yardsticks.booking_values(self.works.house, count, is_sqlite=self.is_sqlite, first=self.replayed)
            self.replayed += count
        else:
            values = yardsticks.checkin_values(self.works.house, count, is_sqlite=self.is_sqlite)
        return bare.throughput(self.url, statements, values, processes, BARE_SECONDS)


def _line(row: Row) -> str:
    figure = row.figure
    share = "" if row.share_of_bare is None else f", {row.share_of_bare:.2f} of the bare driver"
    beside = "" if row.beside is None else f", {row.beside:.2f} of {BESIDE[row.work]} in turns"
    bad = f"  {figure.bad} BAD: {figure.complaint}" if figure.bad else ""
    return (
        f"{row.work:26}{figure.clients:3} clients {figure.per_second:8,.0f}/s  p50 {figure.p50:7.1f}"
        f"  p99 {figure.p99:7.1f}  {row.empties:6.1f} empty routes of {row.empty_cpu:.2f} ms{share}{beside}{bad}"
    )
