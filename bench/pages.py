"""What a browser shows: Lighthouse on the start page, and the installed app at a door without network.

Lighthouse simulates its slow phone (CPU ÷ 4, 1.6 Mbit/s, 150 ms). The server runs as in production but without the
proxy that would compress pages, so the figures are those of more bytes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bench import offline, report
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.house import ROOT, House, free_port

RUNS, SECONDS, WARM = 5, 180, 20
LIGHTHOUSE = ROOT / "bench" / "node_modules" / "lighthouse" / "cli" / "index.js"
CATEGORIES = ("performance", "accessibility", "best-practices")


@dataclass(frozen=True)
class Wanted:
    """One figure in all runs, and what is wanted of it."""

    what: str
    values: list[float]
    target: float
    is_at_least: bool = False

    def row(self) -> list[str]:
        reached = median(self.values)
        is_good = reached >= self.target if self.is_at_least else reached <= self.target
        spread = f"{min(self.values):,.0f} to {max(self.values):,.0f}"
        sign = "≥" if self.is_at_least else "≤"
        return [self.what, f"{reached:,.0f}", spread, f"{sign} {self.target:,.0f}", "✓" if is_good else "✗"]


def run(say: Callable[[str], None]) -> str:
    """Measure both and return the table."""
    with TemporaryDirectory(prefix="nahplatz-pages-") as folder:
        house = House(Path(folder) / "house", free_port())
        say("pages: furnishing")
        house.furnish()
        try:
            found = _start_page(house, say)
            house.start()
            doors = offline.run(house, say)
        finally:
            house.stop()
    wanted = [
        Wanted("start page: largest paint, ms", [_number(each, "largest-contentful-paint") for each in found], 1500),
        Wanted("start page: blocking time, ms", [_number(each, "total-blocking-time") for each in found], 150),
        *(Wanted(f"start page: {name}", [_score(each, name) for each in found], 100, True) for name in CATEGORIES),
        Wanted("offline: start to usable, ms", [door.start for door in doors], 1200),
        Wanted('offline: picture to "Gespeichert", ms', [door.scan for door in doors], 500),
    ]
    head = ["what", "median", "of 5", "target", ""]
    slowed = median(door.slowed for door in doors)
    return "\n\n".join(
        [
            "# Pages on a slow phone",
            f"Offline, all threads of all pages and workers were slowed down {slowed:.1f} times (measured).",
            report.markdown(head, [each.row() for each in wanted]),
        ]
    )


def _start_page(house: House, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """Look at the start page as a stranger who comes to a house that is no demo."""
    house.extra = {"DEMO": "0"}
    house.start()
    try:
        for _ in range(WARM):
            urllib.request.urlopen(house.url, timeout=20).read()  # noqa: S310 - our own server
        found = []
        for _ in range(RUNS):
            found.append(_lighthouse(house))
            scores = ", ".join(f"{name} {_score(found[-1], name):.0f}" for name in CATEGORIES)
            paint, blocked = (_number(found[-1], name) for name in ("largest-contentful-paint", "total-blocking-time"))
            say(f"start page: largest paint {paint:.0f} ms, blocked {blocked:.0f} ms, {scores}")
        return found
    finally:
        house.stop()
        house.extra = {}


def _lighthouse(house: House) -> dict[str, Any]:
    if not LIGHTHOUSE.exists():
        sys.exit("Lighthouse is not installed; `make bench` does that first.")
    flags = ["--headless=new", *FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    command = ["node", str(LIGHTHOUSE), f"{house.url}/", "--quiet", "--output=json", "--throttling-method=simulate"]
    command += [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={' '.join(flags)}"]
    # Node may be that of our environment. Nothing of the person who measures is read or changed.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = os.environ | {"CHROME_PATH": CHROMIUM, "HOME": str(house.folder), "CI": "1", "PATH": path}
    done = subprocess.run(command, check=False, env=environment, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def _score(found: dict[str, Any], name: str) -> float:
    return found["categories"][name]["score"] * 100


def _number(found: dict[str, Any], name: str) -> float:
    return found["audits"][name]["numericValue"]
