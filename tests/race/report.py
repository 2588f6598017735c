"""How a race is told: one table, and whether it was passed."""

from __future__ import annotations

from collections.abc import Sequence

from tests.race.race import Outcome

LOCK_WAIT_LIMIT = 1.0


def table(outcomes: Sequence[Outcome]) -> str:
    """Write races side by side."""
    columns = [_column(outcome) for outcome in outcomes]
    names: dict[str, None] = {}
    for column in columns:
        names |= dict.fromkeys(column)
    rows = [[name, *(column.get(name, "–") for column in columns)] for name in names]
    widths = [max(len(row[place]) for row in rows) for place in range(len(columns) + 1)]
    lines = []
    for row in rows:
        first, *rest = (
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join([first, *rest]))
    return "\n".join(lines)


def _column(outcome: Outcome) -> dict[str, str]:
    found = outcome.findings
    asked = sum(outcome.outcomes.values())
    head = {
        "": outcome.database + (" without keys" if outcome.is_control else ""),
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
            "eight at once, not one winner": f"{outcome.double_rounds} of 20",
            "slots without booking": f"{found.stray_slots:,}",
            "bookings without slots": f"{found.unheld_bookings:,}",
            "promised but lost": f"{found.lost + found.revived:,}",
            "requests/s": f"{asked / outcome.seconds:,.0f}",
            "99 of 100 answered in": f"{outcome.p99 * 1000:,.0f} ms",
            "slowest request": f"{outcome.longest_request * 1000:,.0f} ms",
            "longest wait for the lock": f"{outcome.longest_lock_wait * 1000:,.0f} ms"
            if outcome.database == "sqlite"
            else "–",
            "seconds": f"{outcome.seconds:,.0f}",
        }
    )


def verdict(outcome: Outcome) -> list[str]:
    """Return why a race was not passed; nothing when it was."""
    reasons = []
    found = outcome.findings
    if outcome.is_control:
        if not (found.doubled_seats and found.doubled_people and found.doubled_meanwhile):
            reasons.append("the control found nothing, so the race proves nothing")
        return reasons
    if found.total or outcome.double_rounds:
        reasons.append(f"violations: {found}, rounds without one winner: {outcome.double_rounds}")
    if outcome.errors:
        reasons.append(f"{outcome.errors} errors, the first: {outcome.failures[0]}")
    return reasons
