"""The real gunicorn with the project's own settings, on a free port, and what the kernel says about its processes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.race import wire

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "only for races and measurements"
READY_SECONDS = 60
STOP_SECONDS = 20
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    pid: int
    log: Path

    def said(self) -> str:
        """Return the end of what the server wrote."""
        return self.log.read_text(encoding="utf-8")[-4000:]

    @property
    def public_url(self) -> str:
        return f"http://{wire.HOST}:{self.port}"

    @property
    def workers(self) -> list[int]:
        return children(self.pid)

    def cpu_seconds(self) -> float:
        """CPU time of the workers so far."""
        return sum(cpu_seconds(pid) for pid in self.workers)

    def peak_mib(self) -> list[float]:
        """The most memory that each worker ever held."""
        return [memory_mib(pid, "VmHWM") for pid in self.workers]

    def resident_mib(self) -> list[float]:
        return [memory_mib(pid, "VmRSS") for pid in self.workers]


class NotStarted(Exception):
    """The server did not come up; the message is what it said."""


@contextmanager
def running(database_url: str, folder: Path, *, app: str = "wsgi:app", **settings: str) -> Iterator[Server]:
    """Serve `database_url` with gunicorn.conf.py until the block ends. `settings` go into the environment."""
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE", "PYTEST"))}
    environment |= {
        "HOST": wire.HOST,
        "PORT": str(port),
        "SECRET_KEY": SECRET,
        "PUBLIC_URL": f"http://{wire.HOST}:{port}",
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder),
        "LOG_LEVEL": "WARNING",
        "WEB_CONCURRENCY": "2",
        "PYTHONPATH": str(ROOT),
        **settings,
    }
    command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), app]
    log = folder / f"gunicorn-{port}.log"
    with log.open("wb") as output:
        # Should this process be killed, the server goes with it.
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "--", *command],
            env=environment,
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(process, port, log, workers=int(environment["WEB_CONCURRENCY"]))
            yield Server(port, process.pid, log)
        finally:
            _stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((wire.HOST, 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path, *, workers: int) -> None:
    """Until it answers with all its workers, which gunicorn starts one after the other."""
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((wire.HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            if len(children(process.pid)) >= workers:
                return
            time.sleep(0.01)
    raise NotStarted(log.read_text(encoding="utf-8")[-4000:])


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def children(pid: int) -> list[int]:
    """Ids of the processes that `pid` started and that still run."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def cpu_seconds(pid: int, *, with_ended: bool = False) -> float:
    """CPU time of one process, of all its threads; `with_ended` adds that of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(int(field) for field in fields[11 : 15 if with_ended else 13]) / TICKS


def memory_mib(pid: int, field: str) -> float:
    """`VmRSS` (now) or `VmHWM` (at most so far) of one process."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    return 0.0
