"""What was measured, beside what was wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.measure import Figure
from bench.yardsticks import Cost

CHECKED_AT = 8


@dataclass(frozen=True)
class Row:
    """One work with so many clients. `empty_cpu` is that of an empty route around it, `bare` the driver's own rate."""

    work: str
    figure: Figure
    empty_cpu: float
    bare: float | None
    per_request: int = 1  # events in a request
    beside: float | None = None  # its p50 in that of another work, measured in turns

    @property
    def empties(self) -> float:
        return self.figure.cpu / self.empty_cpu if self.empty_cpu else 0.0

    @property
    def share_of_bare(self) -> float | None:
        return self.figure.per_second * self.per_request / self.bare if self.bare else None


@dataclass(frozen=True)
class Target:
    """What is wanted of a work: at least `share` of the bare driver, at most so many of the others."""

    share: float | None = None
    empties: float | None = None
    statements: int | None = None
    beside: str = ""  # another work, of whose p50 at most `times`, and of whose statements at most `more`
    times: float = 1.0
    more: int = 0
    gzipped: int | None = None


def targets(*, is_sqlite: bool) -> dict[str, Target]:
    """Return the wishes by work; they are checked with eight clients."""
    share = 0.06 if is_sqlite else 0.15
    return {
        "book": Target(share=share, empties=9, statements=10),
        "book_paid": Target(beside="book", times=1.2, more=2),
        "check_in": Target(share=share, empties=8, statements=8),
        "batch": Target(share=1.0),
        "availability": Target(empties=6),
        "availability_unchanged": Target(empties=2),
        "availability_30": Target(empties=40, gzipped=6 * 1024),
        "availability_30_unchanged": Target(empties=2),
        "snapshot": Target(empties=6),
        "snapshot_unchanged": Target(empties=2),
        "start_page": Target(empties=10),
    }


def table(rows: Sequence[Row]) -> str:
    """Write all figures as a Markdown table."""
    head = [
        "work",
        "clients",
        "requests/s",
        "p50 ms",
        "p99 ms",
        "web CPU ms",
        "in empty routes",
        "database CPU ms",
        "of bare driver",
    ]
    body = [
        [
            row.work,
            str(row.figure.clients),
            f"{row.figure.per_second:,.0f}",
            f"{row.figure.p50:.1f}",
            f"{row.figure.p99:.1f}",
            f"{row.figure.cpu:.2f}",
            f"{row.empties:.1f}",
            "–" if row.figure.database_cpu is None else f"{row.figure.database_cpu:.2f}",
            "–" if row.share_of_bare is None else f"{row.share_of_bare:.2f}",
        ]
        for row in rows
    ]
    return markdown(head, body)


def verdicts(rows: Sequence[Row], costs: dict[str, Cost], peaks: list[float], *, is_sqlite: bool) -> str:
    """Write targets and what was reached as a Markdown table."""
    body = []
    for work, target in targets(is_sqlite=is_sqlite).items():
        row = next((row for row in rows if row.work == work and row.figure.clients == CHECKED_AT), None)
        cost = costs.get(work)
        if row is not None and target.share is not None and row.share_of_bare is not None:
            body.append(_at_least(work, "of the bare driver", row.share_of_bare, target.share))
        if row is not None and target.empties is not None:
            body.append(at_most(work, "CPU in empty routes", row.empties, target.empties))
        if cost is not None and target.statements is not None:
            body.append(at_most(work, "statements", cost.statements, target.statements))
        if target.beside:
            body += _beside(work, target, rows, costs)
        if cost is not None and target.gzipped is not None:
            body.append(at_most(work, "bytes, gzipped", cost.gzipped, target.gzipped))
    body += [at_most("worker", "peak memory, MiB", peak, 120) for peak in peaks]
    return markdown(["work", "what", "reached", "target", ""], body)


def _beside(work: str, target: Target, rows: Sequence[Row], costs: dict[str, Cost]) -> list[list[str]]:
    """Compare a work with another one of the same run."""
    body = []
    reached = next((row.beside for row in rows if row.work == work and row.figure.clients == CHECKED_AT), None)
    if reached is not None:
        mark = "✓" if reached <= target.times else "✗"
        body.append([work, f"p50 of {target.beside}", f"{reached:.2f}", f"≤ {target.times:g}", mark])
    if {work, target.beside} <= costs.keys():
        more = costs[work].statements - costs[target.beside].statements
        body.append(at_most(work, "more statements", more, target.more))
    return body


def costs_table(costs: dict[str, Cost]) -> str:
    body = [[work, str(cost.statements), f"{cost.gzipped:,}"] for work, cost in costs.items()]
    return markdown(["work", "statements", "bytes, gzipped"], body)


def _at_least(work: str, what: str, reached: float, wanted: float) -> list[str]:
    return [work, what, f"{reached:.2f}", f"≥ {wanted:g}", "✓" if reached >= wanted else "✗"]


def at_most(work: str, what: str, reached: float, wanted: float) -> list[str]:
    shown = f"{reached:,}" if isinstance(reached, int) else f"{reached:.1f}"
    return [work, what, shown, f"≤ {wanted:g}", "✓" if reached <= wanted else "✗"]


def markdown(head: list[str], body: list[list[str]]) -> str:
    """Write a Markdown table, aligned so that it can be read as it is."""
    rows = [head, *body]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(f"| {' | '.join(cells)} |")
    rule = "|".join("-" * (width + 1) + ("-" if place == 0 else ":") for place, width in enumerate(widths))
    return "\n".join([lines[0], f"|{rule}|", *lines[1:]])
