"""`--growth`: the same present with a short and with a long past; answers must not take longer for it.

Two houses are served side by side: one with 10 thousand bookings, one with 10 million. Each work is measured in rounds
that take turns between them, so that whatever else the machine does meets both.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from app.extensions import db
from bench import bulk, furnish, past, report, speed
from bench.furnish import Size
from bench.measure import Database, Figure, Sent, measure
from bench.past import Filled
from bench.works import Works
from tests.race import server

FEW, MANY = 10_000, 10_000_000
WANTED = 1.2
WORKS = ("book", "check_in", "batch", "availability", "availability_30", "snapshot", "start_page")
CLIENTS = (1, 8)
ROUNDS, SECONDS, WARM = 8, 0.8, 80
BATCH_ROUNDS = 3  # people with whole batches are few
# 7,000 to come, 750 of the people with whole batches, the rest in the past: 10,000.
FEW_AS = Size(past=2_260, coming_a_day=233)
# Check-ins can be sent once; these last for all rounds.
ONCE = {"book": 200, "check_in": 125, "batch": 0}


@dataclass(frozen=True)
class Grown:
    """A served house, and how it came to its past."""

    works: Works
    database: Database
    filled: Filled
    mib: float


@dataclass(frozen=True)
class Row:
    """One work with so many clients: p50 in milliseconds with few and with many bookings, of the best round each."""

    work: str
    clients: int
    few: float
    many: float

    @property
    def ratio(self) -> float:
        return self.many / self.few


def run(kind: str, many: int, say: Callable[[str], None]) -> str:
    """Measure both houses on this kind of database and return what they showed."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="nahplatz-growth-")))
        houses = [_grown(kind, folder / str(count), count, stack, say) for count in (FEW, many)]
        for each in houses:
            for work in WORKS:
                requests = each.works.check_in(WARM) if work == "batch" else getattr(each.works, work)(WARM)
                _measure(each, Sent(requests, CLIENTS[-1], 30))
        rows = []
        for clients in CLIENTS:
            for work in WORKS:
                if work == "batch" and clients != 1:
                    continue  # its people are used up
                rows.append(_compare(work, clients, houses))
                say(f"{rows[-1].work:18}{clients:3} clients  {rows[-1].few:7.1f}  {rows[-1].many:7.1f} ms")
        return _text(kind, rows, houses[-1])


def _grown(kind: str, folder: Path, count: int, stack: ExitStack, say: Callable[[str], None]) -> Grown:
    folder.mkdir(parents=True)
    url = speed.database(kind, folder, stack)
    say(f"{kind}: filling {count:,} bookings")
    done: list[tuple[Filled, float]] = []

    def before(made: furnish.House) -> None:
        filled = past.add(made, count - FEW, say) if count > FEW else Filled(0, 0.0)
        done.append((filled, bulk.size_mib(db.engine)))

    made = furnish.furnish(url, folder, FEW_AS, before)
    serving = stack.enter_context(server.running(url, folder))
    return Grown(Works(made, serving), Database(url), *done[0])


def _compare(work: str, clients: int, houses: list[Grown]) -> Row:
    rounds = BATCH_ROUNDS if work == "batch" else ROUNDS
    found = [[_round(work, clients, each).p50 for each in houses] for _ in range(rounds)]
    # What disturbs a round makes it slower, never faster.
    few, many = (min(times) for times in zip(*found, strict=True))
    return Row(work, clients, few, many)


def _round(work: str, clients: int, each: Grown) -> Figure:
    once = ONCE.get(work)
    requests = getattr(each.works, work)(200 if once is None else once)
    return _measure(each, Sent(requests, clients, SECONDS, repeats=once is None))


def _measure(each: Grown, sent: Sent) -> Figure:
    figure = measure(each.works.server, each.database, sent)
    assert figure.bad == 0, f"{figure.complaint}\n{each.works.server.said()}"
    return figure


def _text(kind: str, rows: list[Row], grown: Grown) -> str:
    body = [
        [row.work, str(row.clients), f"{row.few:.1f}", f"{row.many:.1f}", f"{row.ratio:.2f}", f"≤ {WANTED}",
         "✓" if row.ratio <= WANTED else "✗"]
        for row in rows
    ]  # fmt: skip
    head = ["work", "clients", f"p50 ms, {FEW:,}", f"p50 ms, {grown.filled.bookings + FEW:,}", "ratio", "target", ""]
    filled = (
        f"{grown.filled.bookings:,} older bookings with slots and check-ins were added in {grown.filled.seconds:.0f} s;"
        f" the database then has {grown.mib:,.0f} MiB. p50 is that of the best of {ROUNDS} rounds."
    )
    return "\n\n".join([f"# {speed.title(kind)}", filled, report.markdown(head, body)])
