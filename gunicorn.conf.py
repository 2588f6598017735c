"""How the web server runs. The environment decides where it listens and how many processes it has."""

import bisect
import gc
import selectors
import socket
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
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


# Seconds: as long as a phone listens for an answer, and as gunicorn waits for the other side to close.
FIRST_BYTE, CLOSING = 20.0, 2.0


class EvenWorker(ThreadWorker):  # type: ignore[misc] - the library has no types
    """Lets everybody in at once and evenly, and tells how long each request waited for a thread.

    All workers wait for connections at one socket, and often one of them gets all eight of a proxy: its threads then
    fight for one interpreter while the other worker sleeps. Who has more lets the others go first.

    Its loop waits for nobody, as gunicorn's does up to two seconds for each connection that it closes, and its threads
    never wait for the first byte: while they do, the kernel's queue fills up and the kernel answers nobody any more.
    """

    def accept(self, listener: object) -> None:
        before = self.nr_conns
        time.sleep(min(before, 8) / 2000)
        # One by one while there are few, so that the workers share them; the more there are, the more at a time.
        for number in range(min(1 + before // 8, self.worker_connections - before)):
            super().accept(listener)
            if self.nr_conns == before + number:
                break  # somebody else took the last one

    def enqueue_req(self, conn: TConn) -> None:
        if not (conn.initialized or conn.data_ready or _has_spoken(conn.sock)):
            self._wait(conn, self.on_pending_socket_readable, FIRST_BYTE)
            return
        conn.data_ready = True
        conn.queued_at = time.monotonic()
        super().enqueue_req(conn)

    def finish_request(self, conn: TConn, fs: Future[object]) -> None:
        if fs.cancelled() or fs.exception() or fs.result():
            super().finish_request(conn, fs)
            return
        with suppress(OSError):  # the other side was faster
            conn.sock.shutdown(socket.SHUT_WR)
        self._wait(conn, self._hear_out, CLOSING)

    def _wait(self, conn: TConn, then: Callable[[TConn, socket.socket], None], seconds: float) -> None:
        """Wait in the loop, without a thread, until the other side says something or closes; then give it up."""
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + seconds
        bisect.insort(self.pending_conns, conn, key=lambda each: each.timeout)  # gunicorn looks at the first ones
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(then, conn))

    def _hear_out(self, conn: TConn, client: socket.socket) -> None:
        """Read what nobody needs any more: closing before would take our last words back from the other side."""
        try:
            said = client.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        if not said:
            self.poller.unregister(client)
            self.pending_conns.remove(conn)
            self.nr_conns -= 1
            conn.close()

    def handle(self, conn: TConn) -> object:
        shedding.waited(time.monotonic() - conn.queued_at)
        return super().handle(conn)


def _has_spoken(client: socket.socket) -> bool:
    try:
        client.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        pass  # a thread finds out, and closes it
    return True


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
