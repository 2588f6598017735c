"""`python -m tests.crowd`: thousands of phones on a bad day, on both databases, and `herd`, everybody at once."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

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
    """Let everybody send within a minute; once more with a server that turns nobody away."""
    reasons = []
    for kind in kinds:
        columns = []
        for rush in (herd.Rush(phones), herd.Rush(phones, is_patient=True)):
            with database(kind) as (url, folder):
                outcome, visitor = herd.run(url, folder, rush)
            columns.append(column(outcome) | of_visitor(visitor, rush))
            reasons += [] if rush.is_patient else of_herd(outcome)
        print(rows_of(columns) + "\n", flush=True)
    print("\n".join(reasons) or "0 lost, 0 doubled; who was too much was told when to come again.")
    return 1 if reasons else 0


def of_herd(outcome: simulate.Outcome) -> list[str]:
    """Return why a herd was too much; nothing when it was not."""
    reasons = [f"{outcome.database}: {outcome.findings}"] if outcome.findings.total or outcome.unsent else []
    strange = set(outcome.answers) - {"200", "503"}
    return reasons + ([f"{outcome.database}: phones heard {', '.join(sorted(strange))}"] if strange else [])


def of_visitor(visitor: herd.Visitor, rush: herd.Rush) -> dict[str, str]:
    """Return what somebody saw who looked at a page meanwhile."""
    return {
        "turns phones away": "no" if rush.is_patient else "yes",
        "pages seen meanwhile": f"{visitor.seen:,} of {visitor.seen + visitor.refused:,}",
        "slowest page": f"{visitor.slowest * 1000:,.0f} ms",
    }


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
            "seconds": f"{outcome.seconds:,.0f}",
        }
    )


if __name__ == "__main__":
    sys.exit(main())
