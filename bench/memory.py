"""`--memory`: what 100,000 mixed requests leave behind in the web server's processes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import furnish, load, report, speed
from bench.furnish import Size
from bench.works import Works
from tests.race import server, wire

STEPS = (10_000, 25_000, 50_000, 100_000)
FLAT_SINCE = 25_000
MOST_MIB, MOST_GROWTH = 120, 0.05
CLIENTS, SECONDS = 8, 1_200
# Shares in a hundred requests.
MIX = {
    "start_page": 20,
    "snapshot": 20,
    "snapshot_unchanged": 10,
    "availability": 10,
    "availability_unchanged": 5,
    "availability_30": 3,
    "availability_30_unchanged": 5,
    "book": 8,
    "check_in": 8,
    "space_page": 5,
    "other_pages": 4,
    "refused": 2,
}


@dataclass(frozen=True)
class Step:
    """Resident memory of each worker, in MiB, after so many requests."""

    requests: int
    resident: list[float]


def run(kind: str, say: Callable[[str], None]) -> str:
    """Send them all to one server on this kind of database and return what was seen."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="nahplatz-memory-")))
        url = speed.database(kind, folder, stack)
        made = furnish.furnish(url, folder, Size())
        serving = stack.enter_context(server.running(url, folder))
        requests = _mixed(Works(made, serving))
        workers = sorted(serving.workers)
        steps = [Step(0, _resident(workers))]
        for count in STEPS:
            some = [next(requests) for _ in range(count - steps[-1].requests)]
            seen = load.send(load.Plan(serving.port, CLIENTS, some, SECONDS))
            failed = sum(many for status, many in seen.statuses.items() if status >= 500)
            assert seen.count == len(some), f"only {seen.count} of {len(some)} in {SECONDS} s"
            assert failed == 0, f"{seen.complaints}\n{serving.said()}"
            assert sorted(serving.workers) == workers, "a worker was replaced"
            steps.append(Step(count, _resident(workers)))
            say(f"{kind}: {count:7,} requests, {seen.per_second:,.0f}/s  {_shown(steps[-1])} MiB")
        return _text(kind, steps)


def _resident(workers: list[int]) -> list[float]:
    return [server.memory_mib(pid, "VmRSS") for pid in workers]


def _mixed(works: Works) -> Iterator[bytes]:
    """Yield requests in lots of a hundred, each mixed anew."""
    lots = random.Random(2)
    others = [wire.request("GET", path) for path in ("/orte", "/meine", "/anmelden", "/hilfe")]
    refused = [wire.request("GET", "/gibt-es-nicht"), wire.request("GET", "/api/v1/me/snapshot")]
    while True:
        lot = [
            request for work, count in MIX.items() if hasattr(works, work) for request in getattr(works, work)(count)
        ]
        lot += [wire.request("GET", f"/orte/{lots.choice(works.house.doors).slug}") for _ in range(MIX["space_page"])]
        lot += [lots.choice(others) for _ in range(MIX["other_pages"])]
        lot += [lots.choice(refused) for _ in range(MIX["refused"])]
        lots.shuffle(lot)
        yield from lot


def _shown(step: Step) -> str:
    return " and ".join(f"{mib:.1f}" for mib in step.resident)


def _text(kind: str, steps: list[Step]) -> str:
    places = range(len(steps[-1].resident))
    head = ["requests", *(f"worker {place + 1}, MiB" for place in places)]
    body = [[f"{step.requests:,}", *(f"{mib:.1f}" for mib in step.resident)] for step in steps]
    base = next(step for step in steps if step.requests == FLAT_SINCE)
    wanted = []
    for place in places:
        last = steps[-1].resident[place]
        wanted.append(report.at_most(f"worker {place + 1}", "resident, MiB", last, MOST_MIB))
        growth = (last / base.resident[place] - 1) * 100
        wanted.append(
            report.at_most(f"worker {place + 1}", f"growth since {FLAT_SINCE:,}, %", growth, MOST_GROWTH * 100)
        )
    verdicts = report.markdown(["worker", "what", "reached", "target", ""], wanted)
    return "\n\n".join([f"# {speed.title(kind)}", verdicts, report.markdown(head, body)])
