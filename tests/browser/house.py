"""A real house for browser tests: gunicorn on a port of its own, a fresh copy of the data for every test."""

from __future__ import annotations

import functools
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SPACE = "browserhaus"
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@functools.cache
def zone_where_it_is_ten() -> str:
    """Name a zone whose wall clock shows about ten in the morning, so that a test at any hour meets an open space.

    The space is made once and tests run for longer than until the next hour, so the first answer stands.
    """
    offset = (10 - datetime.now(UTC).hour + 12) % 24 - 12
    # POSIX names count the other way round: Etc/GMT-3 is three hours ahead of UTC.
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"


def _space() -> dict:
    return {
        "towns": [{"name": "Nottuln", "ags": "05558032", "plz": "48301", "lat": 51.928018, "lon": 7.352893,
                   "population": 19557, "slug": "nottuln"}],
        "spaces": [
            {
                "slug": SPACE, "name": "Beispielhaus am Browser", "town": "Nottuln", "address": "Beispielweg 1",
                "plz": "48301", "lat": 51.93, "lon": 7.35, "operator": "Beispiel eG", "sample": True,
                "timezone": zone_where_it_is_ten(),
                "hours": {day: ["00:00", "13:00", "24:00"] for day in ("mo", "di", "mi", "do", "fr", "sa", "so")},
                "open_on_holidays": True,
                "desks": [{"number": n, "name": f"Tisch {n}", "rank": n, "note": None} for n in range(1, 5)],
            }
        ],
    }  # fmt: skip


# The cast have their seats more than a week ahead. The next days are for the tests: on which of them the samples would
# be depends on the day of the week, and who has a seat somewhere else on a day cannot have one here.
LOAD = """
from dataclasses import replace
from app import create_app
from app.demo import bookings
bookings.BOOKED = tuple(replace(each, nth=each.nth + 7) for each in bookings.BOOKED)
done = create_app(has_shell=True).test_cli_runner().invoke(args=["demo", "load"], catch_exceptions=False)
raise SystemExit(done.exit_code and done.output)
"""


@dataclass
class House:
    """One installation: its settings, its data folder and, while it runs, its web server."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "PUBLIC_URL"}}
        return kept | {
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "PUBLIC_URL": self.url,
            "DATA_DIR": str(self.folder),
            "DEMO": "1",
            "SECRET_KEY": "only for tests",
            "LOG_LEVEL": "WARNING",
        } | self.extra  # fmt: skip

    def flask(self, *words: str) -> str:
        return self._run("-m", "flask", "--app", "wsgi", *words)

    def _run(self, *words: str) -> str:
        command = [sys.executable, *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def furnish(self) -> None:
        """Make the database with the county, the cast and one space that is always open."""
        self.folder.mkdir(parents=True)
        file = self.folder / "space.json"
        file.write_text(json.dumps(_space()))
        self.flask("db", "upgrade")
        self.flask("checkins", "keys")
        self._run("-c", LOAD)
        self.flask("spaces", "import", str(file))
        self.flask("spaces", "sign", SPACE, "--pdf", str(self.folder / "sign.pdf"))

    def copy_to(self, folder: Path) -> House:
        shutil.copytree(self.folder, folder)
        return House(folder, self.port)

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"]
        with (self.folder / "web.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self.process.poll() is None, (self.folder / "web.log").read_text()
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
