"""Kept connections to push services, and one deadline for all that happens on one of them.

Every connection, the first and each later one, is made here: to a public address that was looked up just before, with
TLS and the name of the service checked. Nothing is read of the environment, and what an answer may cost is limited.
"""

from __future__ import annotations

import io
import select
import socket
import ssl
import threading
import time
from http.client import HTTPConnection, HTTPException
from typing import Any, NamedTuple

from app import network
from app.messages.targets import Place

# Seconds: until a connection is there, and then until the answer is. The resolver of the system has a limit of its own.
CONNECTING, ANSWERING = 4.0, 6.0
# Bytes of an answer, its head included, that are read at most.
MOST_ANSWER = 8192
# Twice as many as there are threads that send; and for how many seconds: services hang up after a minute or more.
MOST_KEPT, KEPT = 64, 50.0


class Answer(NamedTuple):
    """What a service said: the status, its Retry-After (empty without one), and the beginning of its words."""

    status: int
    retry_after: str
    words: bytes


class Line(HTTPConnection):
    """A connection to one service. Where it must connect again it does so in the same way."""

    sock: _Timed | None

    def __init__(self, place: Place, context: ssl.SSLContext) -> None:
        super().__init__(place.host, place.port)
        self.origin = place.origin
        self.is_used = False
        self._is_test = place.is_test
        self._context = context

    def connect(self) -> None:
        """Refuses: `network.NotCalled`, `OSError`."""
        until = time.monotonic() + CONNECTING
        allowed = network.is_loopback if self._is_test else network.is_public
        line = network.connect(self.host, self.port, until=until, may_be_called=allowed)
        try:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line.settimeout(network.left(until))
            if not self._is_test:
                line = self._context.wrap_socket(line, server_hostname=self.host)
        except BaseException:
            line.close()
            raise
        self.sock = _Timed(line)

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send one request. A redirect is an answer like any other.

        Refuses: `network.NotCalled`, `OSError`, `http.client.HTTPException`.
        """
        if self.sock is None:
            self.connect()
        assert self.sock is not None  # noqa: S101 - connect has made it
        self.sock.begin()
        self.request("POST", path, body, {"Host": self.origin.partition("://")[2], **headers})
        response = self.getresponse()
        words = b""
        try:
            words = response.read(MOST_ANSWER)
        except (OSError, HTTPException):
            self.close()  # what counts has been said
        if not response.isclosed():  # there is more to come, which nobody will read
            response.close()
            self.close()
        self.is_used = True
        return Answer(response.status, response.headers.get("Retry-After", ""), words)

    @property
    def is_silent(self) -> bool:
        """Whether the line is there and nothing has come since the last answer, not even its end."""
        if self.sock is None:
            return False
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        return not poll.poll(0)


class Lines:
    """The connections that nobody uses at present, the latest last; for any number of threads."""

    def __init__(self) -> None:
        self._context = ssl.create_default_context()
        self._kept: list[tuple[float, Line]] = []
        self._lock = threading.Lock()

    def new(self, place: Place) -> Line:
        return Line(place, self._context)

    def take(self, place: Place) -> Line:
        """Return a line to a service that is good still, else one that will connect."""
        good_since = time.monotonic() - KEPT
        with self._lock:
            for number in reversed(range(len(self._kept))):
                since, line = self._kept[number]
                if line.origin != place.origin:
                    continue
                del self._kept[number]
                if since >= good_since and line.is_silent:
                    return line
                line.close()
        return self.new(place)

    def give_back(self, line: Line) -> None:
        """Keep a line for the next one, and close the oldest where there are too many."""
        if line.sock is None:
            return
        with self._lock:
            self._kept.append((time.monotonic(), line))
            if len(self._kept) > MOST_KEPT:
                self._kept.pop(0)[1].close()

    def close(self) -> None:
        with self._lock:
            while self._kept:
                self._kept.pop()[1].close()


class _Timed:
    """What `http.client` needs of a socket, with one deadline over a request and its answer."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._until = 0.0

    def begin(self) -> None:
        self._until = time.monotonic() + ANSWERING

    def sendall(self, data: bytes) -> None:
        self._line.settimeout(network.left(self._until))
        self._line.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Heard(self._line, self._until))

    def fileno(self) -> int:
        return self._line.fileno()

    def close(self) -> None:
        self._line.close()


class _Heard(io.RawIOBase):
    """One answer. It ends at the deadline however it trickles in, and after `MOST_ANSWER` bytes."""

    def __init__(self, line: socket.socket, until: float) -> None:
        self._line, self._until = line, until
        self._stream = line.makefile("rb", buffering=0)
        self._left = MOST_ANSWER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._line.settimeout(network.left(self._until))
        heard = self._stream.readinto(memoryview(buffer)[: self._left]) if self._left else 0
        self._left -= heard or 0
        return heard

    def close(self) -> None:
        self._stream.close()
        super().close()
