"""Changes quotas while people book, in a process of its own: more, less, and less than is taken, which stays.

Reads its plan from standard input: the database, the quotas, and a file whose existence tells it to stop.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from app import clock
from app.errors import Busy
from app.funding import operations
from app.funding.operations import Grant
from tests.race import house

PAUSE = 0.1


def run(plan: dict[str, Any]) -> Counter[str]:
    """Change until told to stop; count what became of it."""
    lots = random.Random(plan["seed"])
    stop, done = Path(plan["stop"]), Counter[str]()
    with house.opened(plan["database"], Path(plan["folder"])):
        while not stop.exists():
            units = lots.randint(0, plan["most"])
            grant = Grant(units, units * 900, date.fromisoformat(plan["ends_on"]))
            now = clock.now()
            wish = {"quota_id": lots.choice(plan["quotas"]), "grant": grant, "first_on": now.date()}
            try:
                operations.change_quota(**wish, actor="race", now=now)
                done["changed"] += 1
            except Busy:
                done["busy"] += 1
            time.sleep(PAUSE)
    return done


if __name__ == "__main__":
    found = run(json.load(sys.stdin))
    print(json.dumps({"attempts": 0, "done": found}), flush=True)
