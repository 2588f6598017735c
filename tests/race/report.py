"""How races are told: one table, and whether each was passed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch

from tests.race import checkins, race

LOCK_WAIT_LIMIT = 1.0
LACKS = {"": "", "keys": " without keys", "checks": " without checks"}


def table(outcomes: Sequence[race.Outcome | checkins.Outcome]) -> str:
    """Write races side by side."""
    return rows_of([column(outcome) for outcome in outcomes])


def rows_of(columns: Sequence[dict[str, str]]) -> str:
    """Write columns side by side; what one of them does not have is a dash."""
    names: dict[str, None] = {}
    for each in columns:
        names |= dict.fromkeys(each)
    rows = [[name, *(each.get(name, "–") for each in columns)] for name in names]
    widths = [max(len(row[place]) for row in rows) for place in range(len(columns) + 1)]
    lines = []
    for row in rows:
        first, *rest = (
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join([first, *rest]))
    return "\n".join(lines)


@singledispatch
def column(outcome: object) -> dict[str, str]:
    """Return what a race showed, line by line."""
    raise TypeError(type(outcome))


@column.register
def _of_bookings(outcome: race.Outcome) -> dict[str, str]:
    found = outcome.findings
    asked = sum(outcome.outcomes.values())
    head = {
        "": outcome.database + LACKS[outcome.control],
        "attempts to book": f"{outcome.attempts:,}",
    }
    counted = {f"  {name}": f"{count:,}" for name, count in sorted(outcome.outcomes.items())}
    return (
        head
        | counted
        | {
            "errors (5xx, broken)": f"{outcome.errors:,}",
            "seats sold twice": f"{found.doubled_seats:,}",
            "people in two places": f"{found.doubled_people:,}",
            "doubled meanwhile": f"{found.doubled_meanwhile:,}",
            "eight at once, not one winner": f"{outcome.double_rounds} of {race.ROUNDS}",
            "slots without booking": f"{found.stray_slots:,}",
            "bookings without slots": f"{found.unheld_bookings:,}",
            "accounts overdrawn": f"{found.overdrawn:,}",
            "accounts that drifted": f"{found.drifted:,}",
            "charged twice": f"{found.charged_twice:,}",
            "quotas changed": f"{outcome.outcomes['quota changed']:,}",
            "promised but lost": f"{found.lost + found.revived:,}",
            "contradictions (flask reconcile)": f"{found.contradictions:,}",
            "attempts/s": f"{outcome.attempts / outcome.seconds:,.0f}",
            "requests/s": f"{asked / outcome.seconds:,.0f}",
            "99 of 100 answered in": f"{outcome.p99 * 1000:,.0f} ms",
            "slowest request": f"{outcome.longest_request * 1000:,.0f} ms",
            "longest wait for the lock": f"{outcome.longest_lock_wait * 1000:,.0f} ms"
            if outcome.database == "sqlite"
            else "–",
            "seconds": f"{outcome.seconds:,.0f}",
        }
    )


@column.register
def _of_checkins(outcome: checkins.Outcome) -> dict[str, str]:
    found = outcome.findings
    return (
        {
            "": outcome.database + (" without key and lock" if outcome.is_control else ""),
            "check-ins and check-outs": f"{outcome.events:,}",
            "sent": f"{outcome.sent:,}",
            "requests": f"{outcome.requests:,}",
        }
        | {f"  {name}": f"{count:,}" for name, count in sorted(outcome.outcomes.items())}
        | {
            "workers killed": f"{outcome.kills:,}",
            "errors (5xx, never answered)": f"{len(outcome.failures):,}",
            "lost": f"{found.lost:,}",
            "stored twice": f"{found.doubled_events:,}",
            "bookings counted twice": f"{found.doubled_checkins:,}",
            "first, but not counted": f"{found.uncounted:,}",
            "answers taken back": f"{found.wavering:,}",
            "contradictions (flask reconcile)": f"{found.contradictions:,}",
            "sent/s": f"{outcome.sent / outcome.seconds:,.0f}",
            "requests/s": f"{outcome.requests / outcome.seconds:,.0f}",
            "slowest request": f"{outcome.longest_request * 1000:,.0f} ms",
            "seconds": f"{outcome.seconds:,.0f}",
        }
    )


def verdict(outcome: race.Outcome | checkins.Outcome) -> list[str]:
    """Return why a race was not passed; nothing when it was."""
    found = outcome.findings
    if outcome.is_control:
        return [] if _finds_enough(outcome) else ["the control found too little, so the race proves nothing"]
    reasons = [f"violations: {found}"] if found.total else []
    if isinstance(outcome, race.Outcome) and outcome.double_rounds:
        reasons.append(f"rounds without one winner: {outcome.double_rounds}")
    if outcome.failures:
        reasons.append(f"{len(outcome.failures)} errors, the first: {outcome.failures[0]}")
    return reasons


def _finds_enough(outcome: race.Outcome | checkins.Outcome) -> bool:
    found = outcome.findings
    if isinstance(found, checkins.Findings):
        return bool(found.doubled_events and found.doubled_checkins and found.contradictions)
    if isinstance(outcome, race.Outcome) and outcome.control == "checks":
        return bool(found.overdrawn and found.drifted and found.contradictions)
    return bool(found.doubled_seats and found.doubled_people and found.doubled_meanwhile and found.contradictions)


def waits(outcome: race.Outcome | checkins.Outcome) -> list[str]:
    """Return whether somebody waited too long to write; asked only where nothing else keeps the machine busy."""
    wait = outcome.longest_lock_wait if isinstance(outcome, race.Outcome) else 0.0
    return [f"somebody waited {wait:.1f} s for the lock"] if wait > LOCK_WAIT_LIMIT else []
