"""A small HTTP/1.1 client on one kept connection: cheap enough not to be what is measured."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import dataclass
from typing import Any

HOST = "127.0.0.1"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "Nahplatz-Client": "1", "Content-Type": "application/json"}


@dataclass(frozen=True)
class Answer:
    """What came back; `seconds` from the first byte sent to the last byte received."""

    status: int
    head: bytes
    body: bytes
    seconds: float

    def header(self, name: str) -> str | None:
        for line in self.head.split(b"\r\n")[1:]:
            found, _, value = line.partition(b":")
            if found.lower() == name.lower().encode():
                return value.strip().decode()
        return None

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a problem, else the status."""
        try:
            return str(json.loads(self.body)["code"])
        except (ValueError, KeyError, TypeError):
            return str(self.status)


def request(method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    """Write a request; the same bytes can be sent again and again."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body or method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Broken(Exception):
    """The server closed the connection before it had answered."""


class Connection:
    """One connection, opened anew when the server closed it between two requests."""

    def __init__(self, port: int, timeout: float = 60) -> None:
        self.port = port
        self.timeout = timeout
        self._open()

    def _open(self) -> None:
        self.socket = socket.create_connection((HOST, self.port), timeout=self.timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data: bytes) -> Answer:
        """Send a request and read its answer. Refuses: `Broken`, when nobody knows what the server did."""
        began = time.monotonic()
        try:
            answer = self._exchange(data, began)
        except (OSError, Broken) as error:
            self.close()
            self._open()
            raise Broken(str(error)) from error
        if (answer.header("Connection") or "").lower() == "close":
            self.close()
            self._open()
        return answer

    def hang_up_after(self, data: bytes) -> None:
        """Send and hang up without listening: the server may do all of it, and nobody hears. Refuses: `OSError`."""
        try:
            self.socket.sendall(data)
        finally:
            self.close()
            self._open()

    def _exchange(self, data: bytes, began: float) -> Answer:
        self.socket.sendall(data)
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._receive()
        head, body = received[:end], received[end + 4 :]
        status = int(head[9:12])
        wanted = self._length(head) if status not in {204, 304} else 0
        while len(body) < wanted:
            body += self._receive()
        return Answer(status, head, body, time.monotonic() - began)

    def _receive(self) -> bytes:
        data = self.socket.recv(1 << 16)
        if not data:
            raise Broken("closed by the server")
        return data

    @staticmethod
    def _length(head: bytes) -> int:
        low = head.lower()
        at = low.find(b"\r\ncontent-length:")
        if at < 0:
            raise Broken("an answer without a length")
        return int(low[at + 17 :].split(b"\r\n", 1)[0])

    def close(self) -> None:
        self.socket.close()


def body_of(data: bytes) -> Any:
    """Read the JSON that a request carries."""
    return json.loads(data.partition(b"\r\n\r\n")[2])
