"""`python -m tests.snoop`: the attack on what employers read in its long mode, on both databases."""

from __future__ import annotations

import argparse
import random
import sys
import time

from app import create_app, i18n
from tests.conftest import Browser, settings_for
from tests.race.__main__ import database
from tests.snoop.attack import attack, few, many
from tests.snoop.world import World

EXAMPLES = 1_000


def main() -> int:
    """Compare new pairs of worlds; end at the first two that can be told apart."""
    parser = argparse.ArgumentParser(prog="python -m tests.snoop", description=__doc__)
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="pairs of each of two kinds")
    parser.add_argument("--seed", type=int, help="to repeat the pairs of another time")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append", help="only this one")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(2**32) if options.seed is None else options.seed
    for kind in options.database or ["sqlite", "postgresql"]:
        for size, pairs in ((3, few), (6, many)):
            print(f"{options.examples:,} pairs of worlds with {size} people on {kind}, seed {seed}", flush=True)
            began = time.monotonic()
            with database(kind) as (url, folder):
                app = create_app(settings_for(url, folder / "own"))
                app.test_client_class = Browser
                i18n.speak("de")
                with app.app_context():
                    world = World(app)
                    world.furnish(size)
                    attack(world, pairs, examples=options.examples, seed=seed)
            print(f"  nobody was told; {time.monotonic() - began:,.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
