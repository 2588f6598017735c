"""`python -m bench`: measure; figures go to the screen and, when all of a kind was measured, to bench/results/."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from bench import billing, growth, memory, pages, pushes, speed

RESULTS = Path(__file__).parent / "results"
DATABASES = ["sqlite", "postgresql"]


def main() -> int:
    """Measure what was asked for: without an option speed and pages."""
    options = _options()
    kinds = options.database or DATABASES
    if options.growth:
        _each("growth", kinds, lambda kind: growth.run(kind, options.bookings, _say), options)
    elif options.billing:
        _each("billing", kinds, lambda kind: billing.run(kind, options.employers, _say), options)
    elif options.pushes:
        _each("pushes", kinds, lambda kind: pushes.run(kind, _say), options)
    elif options.memory:
        _each("memory", kinds, lambda kind: memory.run(kind, _say), options)
    else:
        if not options.pages:
            _speed(kinds, options)
        if options.pages or not (options.only or options.clients or options.database):
            _show("pages", pages.run(_say))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--database", choices=DATABASES, action="append", help="only this one")
    parser.add_argument("--only", choices=speed.WORKS, action="append", help="only this work; may be repeated")
    parser.add_argument("--clients", type=int, action="append", help="only so many at once; may be repeated")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each measurement takes")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--pages", action="store_true", help="only what a browser shows")
    instead.add_argument("--growth", action="store_true", help="the same with few and with many bookings (takes long)")
    instead.add_argument("--billing", action="store_true", help="a month of 1,000 employers with 10,000 people")
    instead.add_argument("--pushes", action="store_true", help="10,000 reminders to phones in the same minute")
    instead.add_argument("--memory", action="store_true", help="memory after 100,000 requests (takes long)")
    parser.add_argument("--bookings", type=int, default=growth.MANY, help="how many are many, with --growth")
    parser.add_argument("--employers", type=int, default=billing.EMPLOYERS, help="how many, with --billing")
    return parser.parse_args()


def _speed(kinds: list[str], options: argparse.Namespace) -> None:
    wish = speed.Wish(
        works=tuple(options.only or speed.WORKS),
        clients=tuple(options.clients or speed.CLIENTS),
        seconds=options.seconds,
    )
    is_whole = not options.only and not options.clients
    for kind in kinds:
        _show(kind if is_whole else None, speed.run(kind, wish, _say).text())


def _each(name: str, kinds: list[str], measure: Callable[[str], str], options: argparse.Namespace) -> None:
    """Measure on each database; the figures of all of them are one page."""
    texts = [measure(kind) for kind in kinds]
    is_whole = (kinds, options.bookings, options.employers) == (DATABASES, growth.MANY, billing.EMPLOYERS)
    _show(name if is_whole else None, "\n\n".join(texts))


def _show(name: str | None, text: str) -> None:
    """Print, and keep what is whole."""
    print(f"\n{text}\n", flush=True)
    if name is not None:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{name}.md").write_text(text + "\n", encoding="utf-8")


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
