"""`python -m tests.machine`: the state machine in its long mode, on both databases."""

from __future__ import annotations

import argparse
import random
import sys
import time

from app import clock
from tests.conftest import Browser
from tests.machine import run
from tests.machine.world import World
from tests.race import house
from tests.race.__main__ import database

RUNS, STEPS = 2_000, 60


def main() -> int:
    """Run the machine on new runs; end at the first thing that goes wrong, with the way there."""
    parser = argparse.ArgumentParser(prog="python -m tests.machine", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, help="to repeat the runs of another time")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append", help="only this one")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(2**32) if options.seed is None else options.seed
    for kind in options.database or ["sqlite", "postgresql"]:
        print(f"{options.runs:,} runs of {options.steps} steps on {kind}, seed {seed}", flush=True)
        began = time.monotonic()
        with database(kind) as (url, folder), house.opened(url, folder / "house") as app:
            app.test_client_class = Browser
            world = World(app)
            clock.now = lambda world=world: world.now
            run.machine(world, runs=options.runs, steps=options.steps, seed=seed)
        print(f"  nothing went wrong; {time.monotonic() - began:,.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
