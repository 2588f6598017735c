"""How the web server runs. The environment decides where it listens and how many processes it has."""

import gc
import sys
import time
from pathlib import Path

from gunicorn.http import wsgi
from gunicorn.workers.gthread import TConn, ThreadWorker

from app import shedding
from app.config import ConfigError, from_env  # a module called config would count as a setting

try:
    _settings = from_env()
except ConfigError as error:
    sys.exit(f"Nahplatz does not start: {error}")
_host = f"[{_settings.host}]" if ":" in _settings.host else _settings.host

bind = f"{_host}:{_settings.port}"
workers = _settings.web_concurrency
threads = 4
# Loaded once and shared by all workers: they start at once and need less memory.
preload_app = True
# A request is over in well under a second; what takes longer than this is stuck.
timeout = 30
graceful_timeout = 10
# Longer than the 60 seconds after which a usual proxy drops its idle connections, so that it is never surprised.
keepalive = 75
# Heartbeats must not wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - gunicorn makes unnamed files there
# Who visited is nobody's business; a proxy in front may count requests without addresses.
accesslog = None
loglevel = _settings.log_level.lower()
# Its default place is shared by all programs of one account.
control_socket_disable = True


class EvenWorker(ThreadWorker):  # type: ignore[misc] - the library has no types
    """Takes no new connection from a worker that has fewer, and tells how long each request waited for a thread.

    All workers wait for connections at one socket, and often one of them gets all eight of a proxy: its threads then
    fight for one interpreter while the other worker sleeps. Who has more lets the others go first.
    """

    def accept(self, listener: object) -> None:
        time.sleep(min(self.nr_conns, 8) / 2000)
        super().accept(listener)

    def enqueue_req(self, conn: TConn) -> None:
        conn.queued_at = time.monotonic()
        super().enqueue_req(conn)

    def handle(self, conn: TConn) -> object:
        shedding.waited(time.monotonic() - conn.queued_at)
        return super().handle(conn)


worker_class = EvenWorker

_default_headers = wsgi.Response.default_headers


def _without_server(response: wsgi.Response) -> list[str]:
    """Which program answers helps only those who look for its weaknesses."""
    return [line for line in _default_headers(response) if not line.startswith("Server:")]


wsgi.Response.default_headers = _without_server


def pre_fork(server: object, worker: object) -> None:
    """Leave what is loaded alone: looking for garbage in it takes time and makes each worker copy its pages."""
    del server, worker
    gc.freeze()


def when_ready(server: object) -> None:
    """Say where to look, once somebody answers there."""
    del server
    print(f"Nahplatz answers at {_settings.public_url}", flush=True)  # noqa: T201
