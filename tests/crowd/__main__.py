"""`python -m tests.crowd`: thousands of phones on a bad day, on both databases, and `herd`, everybody at once."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Sequence

from tests.conftest import ROOT
from tests.crowd import herd, simulate
from tests.crowd.town import Habits
from tests.race.__main__ import database
from tests.race.report import rows_of

PHONES, HERD = 2_000, 10_000
SHORT, LONG = 50_000, 1_000_000
BAD_DAY = simulate.Weather((20, 40), answers=0, pace=0.5, seconds=6 * 3600)
BAD_HOUR = simulate.Weather((2, 4), answers=400, pace=0.03, seconds=600)
# Phones that let go of events at any answer, as none of ours does.
CONTROL = Habits(phones=200, events=20, lets_go_too_early=True)
HERD_CONTROL = herd.Rush(phones=2_000, within=5.0, forgets=True)
HERD_FIGURES = ROOT / "bench" / "results" / "herd.md"
HERD_PAGE = """# {phones:,} phones within a minute

{cores} cores for server, database and phones, Python {python}, gunicorn with 2 workers of 4 threads. Three events on
each phone; a quarter of the phones comes within four seconds. They send again by the rules of the app until everything
is in. Meanwhile somebody looks at four pages a second. The process of the phones goes before the others, because
real ones do not share their cores with the server; how late it was all the same is told. In the control phones forget
their events at any answer, as none of ours does. Repeat it with `make herd`.
"""
PAGE_WITHIN = 5.0
CONTROL_HOUR = simulate.Weather((1, 2), answers=60, pace=0.03, seconds=120)


def main() -> int:
    """Run simulations and their controls; say what they showed."""
    parser = argparse.ArgumentParser(prog="python -m tests.crowd", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["day", "herd"], default="day")
    parser.add_argument("--long", action="store_true", help=f"{LONG:,} events")
    parser.add_argument("--events", type=int, help="so many, over all databases")
    parser.add_argument("--phones", type=int)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append", help="only this one")
    options = parser.parse_args()
    kinds = options.database or ["sqlite", "postgresql"]
    if options.what == "herd":
        return _herd(kinds, options.phones or HERD)
    each = (options.events or (LONG if options.long else SHORT)) // len(kinds)
    phones = options.phones or PHONES
    habits = Habits(phones=phones, events=-(-each // phones))
    weather = BAD_DAY if options.long else BAD_HOUR
    reasons = []
    for kind in kinds:
        outcomes = []
        for who, hour in ((habits, weather), (CONTROL, CONTROL_HOUR)):
            with database(kind) as (url, folder):
                outcomes.append(simulate.run(url, folder, who, hour))
            reasons += verdict(outcomes[-1], is_control=who is CONTROL)
        print(rows_of([column(outcome) for outcome in outcomes]) + "\n", flush=True)
    print("\n".join(reasons) or "0 lost, 0 doubled, one state in every order; every control lost something.")
    return 1 if reasons else 0


def _herd(kinds: Sequence[str], phones: int) -> int:
    """Let everybody send within a minute; once more, fewer and sooner, with phones that forget after any answer."""
    columns, reasons = [], []
    for kind in kinds:
        for rush in (herd.Rush(phones), HERD_CONTROL):
            with database(kind) as (url, folder):
                outcome, visitor = herd.run(url, folder, rush, lambda line: print(line, flush=True))
            columns.append(column(outcome) | of_herd(outcome, visitor, rush))
            reasons += against_herd(outcome, visitor, rush)
            print(rows_of(columns[-1:]) + "\n", flush=True)
    if phones == HERD and len(kinds) > 1:
        HERD_FIGURES.write_text(_page_of(columns), encoding="utf-8")
    print("\n".join(reasons) or "0 lost, 0 doubled, no request without an answer; every control lost something.")
    return 1 if reasons else 0


def _page_of(columns: list[dict[str, str]]) -> str:
    """Write the figures of a herd as they lie beside the others."""
    names = dict.fromkeys(name for each in columns for name in each)
    rows = [f"| {' | '.join([name, *(each.get(name, '–') for each in columns)])} |" for name in names]
    rows.insert(1, "|---|" + "---:|" * len(columns))
    head = HERD_PAGE.format(phones=HERD, cores=os.cpu_count(), python=platform.python_version())
    return "\n".join([head, *rows, ""])


def against_herd(outcome: simulate.Outcome, visitor: herd.Visitor, rush: herd.Rush) -> list[str]:
    """Return why a herd was too much, or its control proved nothing; nothing when all was well."""
    if rush.forgets:
        return [] if outcome.findings.lost else [f"{outcome.database}: phones that forget lost nothing"]
    reasons = [f"{outcome.findings}"] if outcome.findings.total else []
    if outcome.unsent:
        reasons.append(f"{outcome.unsent} events were not in after {rush.at_most:.0f} s")
    if strange := set(outcome.answers) - {"200", "503"}:
        reasons.append(f"phones heard {', '.join(sorted(strange))}")
    if not outcome.answers["503"]:
        reasons.append("nobody was turned away, so it was no herd")
    if visitor.refused or _share(visitor.waits, 0.99) > PAGE_WITHIN:
        reasons.append(f"{visitor.refused} pages did not come, or one of a hundred took over {PAGE_WITHIN:.0f} s")
    return [f"{outcome.database}: {reason}" for reason in reasons]


def of_herd(outcome: simulate.Outcome, visitor: herd.Visitor, rush: herd.Rush) -> dict[str, str]:
    """Return what is told of a herd beside what is told of every simulation."""
    waits = {"a page": visitor.waits, "a batch, taken": outcome.waits["200"], "a batch, told 503": outcome.waits["503"]}
    return {
        "phones forget": "yes" if rush.forgets else "no",
        "no answer": f"{outcome.answers['no answer']:,}",
        "phones late by themselves": f"{visitor.late:.2f} s",
        "pages that came": f"{len(visitor.waits) - visitor.refused:,} of {len(visitor.waits):,}",
    } | {
        f"{name}: p50, p99, slowest": f"{_share(each, 0.5):.2f}, {_share(each, 0.99):.2f}, {max(each):.2f} s"
        for name, each in waits.items()
        if each
    }


def _share(seconds: Sequence[float], share: float) -> float:
    """Return within how many seconds this share of them came."""
    return sorted(seconds)[int((len(seconds) - 1) * share)]


def verdict(outcome: simulate.Outcome, *, is_control: bool) -> Sequence[str]:
    """Return why a simulation was not passed; nothing when it was."""
    if is_control:
        return [] if outcome.findings.lost else ["the control lost nothing, so the simulation proves nothing"]
    reasons = [f"{outcome.database}: {outcome.findings}"] if outcome.findings.total else []
    if outcome.unsent:
        reasons.append(f"{outcome.database}: {outcome.unsent} events were never answered")
    if not outcome.kills or not outcome.answers["500"] or not outcome.answers["no answer"]:
        reasons.append(f"{outcome.database}: the day was not bad enough to prove anything")
    return reasons


def column(outcome: simulate.Outcome) -> dict[str, str]:
    """Return what a simulation showed, line by line."""
    found = outcome.findings
    return (
        {"": outcome.database, "phones": f"{outcome.phones:,}", "events": f"{outcome.events:,}"}
        | {f"  answered {status}": f"{count:,}" for status, count in sorted(outcome.answers.items())}
        | {
            "server killed": f"{outcome.kills:,}",
            "never sent": f"{outcome.unsent:,}",
            "lost": f"{found.lost:,}",
            "doubled": f"{found.doubled:,}",
            "bookings counted twice": f"{found.doubled_checkins:,}",
            "from nowhere, or later than received": f"{found.from_nowhere + found.later_than_received:,}",
            "contradictions (flask reconcile)": f"{found.contradictions:,}",
            "events in other orders": f"{outcome.reordered:,}",
            "orders with another end": f"{found.other_states:,}",
            "slowest request": f"{outcome.slowest * 1000:,.0f} ms",
            "seconds until everything was in": f"{outcome.seconds:,.0f}",
        }
    )


if __name__ == "__main__":
    sys.exit(main())
