"""`python -m bench`: measure everything; the figures go to the screen and to bench/results/<database>.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench import speed

RESULTS = Path(__file__).parent / "results"


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append", help="only this one")
    parser.add_argument("--only", choices=speed.WORKS, action="append", help="only this work; may be repeated")
    parser.add_argument("--clients", type=int, action="append", help="only so many at once; may be repeated")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each measurement takes")
    options = parser.parse_args()
    wish = speed.Wish(
        works=tuple(options.only or speed.WORKS),
        clients=tuple(options.clients or speed.CLIENTS),
        seconds=options.seconds,
    )
    for kind in options.database or ["sqlite", "postgresql"]:
        text = speed.run(kind, wish, lambda line: print(line, flush=True)).text()
        print(f"\n{text}\n", flush=True)
        if not options.only and not options.clients:
            RESULTS.mkdir(exist_ok=True)
            (RESULTS / f"{kind}.md").write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
