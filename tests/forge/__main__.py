"""`python -m tests.forge`: try to pass forged passes, 20,000 or with `--long` a million."""

from __future__ import annotations

import argparse
import secrets
import sys
import time

from tests.forge import attempt

SHORT, LONG = (20_000, 20), (1_000_000, 1_000)


def main() -> int:
    """Try, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.forge", description=__doc__)
    parser.add_argument("--long", action="store_true", help=f"{LONG[0]:,} instead of {SHORT[0]:,}")
    parser.add_argument("--seed", type=int, help="repeat a run")
    options = parser.parse_args()
    count, bodies = LONG if options.long else SHORT
    seed = secrets.randbits(32) if options.seed is None else options.seed
    began = time.monotonic()
    outcome = attempt.attempt(count, bodies, seed=seed, say=_every_step)
    print(f"seed {seed}, each bit of {bodies:,} passes flipped and more, {time.monotonic() - began:.0f} s")
    print(outcome.report)
    print("\n".join(outcome.troubles) or "No forged pass was accepted; both controls found many.")
    return 1 if outcome.troubles else 0


def _every_step(line: str) -> None:
    if line.partition(" ")[0].endswith("00,000"):
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
