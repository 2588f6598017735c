"""How the web server runs. The environment decides where it listens and how many processes it has."""

import os
from pathlib import Path

from gunicorn.http import wsgi

_host = os.environ.get("HOST", "127.0.0.1")
_port = os.environ.get("PORT", "8000")

bind = f"[{_host}]:{_port}" if ":" in _host else f"{_host}:{_port}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
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
loglevel = os.environ.get("LOG_LEVEL", "info").lower()
# Its default place is shared by all programs of one account.
control_socket_disable = True

_default_headers = wsgi.Response.default_headers


def _without_server(response: wsgi.Response) -> list[str]:
    """Which program answers helps only those who look for its weaknesses."""
    return [line for line in _default_headers(response) if not line.startswith("Server:")]


wsgi.Response.default_headers = _without_server


def when_ready(server: object) -> None:
    """Say where to look, once somebody answers there."""
    del server
    shown = os.environ.get("PUBLIC_URL") or f"http://{bind}"
    print(f"Nahplatz answers at {shown}", flush=True)  # noqa: T201
