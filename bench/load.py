"""Many kept connections from one process: each sends its next request as soon as it has its answer.

Run as a process of its own, so that the measuring process does not disturb; reads a pickled `Plan` from standard
input and writes a pickled `Load` to standard output. It does as little as possible per request, because it shares
the machine with the server that it measures.
"""

from __future__ import annotations

import itertools
import pickle
import selectors
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.race.server import ROOT
from tests.race.wire import HOST


@dataclass(frozen=True)
class Plan:
    """What to send. It ends with the requests, or after `seconds` when `repeats` starts over."""

    port: int
    clients: int
    requests: list[bytes]
    seconds: float
    repeats: bool = False


@dataclass
class Load:
    """What came back: seconds per answer, statuses, total time, and the bodies of answers that were no success."""

    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0
    complaints: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.latencies)

    @property
    def per_second(self) -> float:
        return self.count / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the answers came."""
        if not self.latencies:
            return 0.0
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


class _Client:
    """One connection and what has arrived of its present answer."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.began = 0.0

    def send(self, data: bytes) -> None:
        self.received = b""
        self.began = time.perf_counter()
        self.socket.sendall(data)

    def answer(self) -> bytes | None:
        """Take what has arrived; return the answer once it is whole."""
        arrived = self.socket.recv(1 << 18)
        if not arrived:
            raise ConnectionError("the server closed a connection")
        self.received = self.received + arrived if self.received else arrived
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return None
        at = self.received.find(b"Content-Length: ", 0, end)
        length = int(self.received[at + 16 : self.received.index(b"\r", at)]) if at >= 0 else 0
        return self.received if len(self.received) >= end + 4 + length else None


def send(plan: Plan) -> Load:
    """Send what the plan says, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"], input=pickle.dumps(plan), stdout=subprocess.PIPE, check=True, cwd=ROOT
    )
    return Load(**pickle.loads(done.stdout))  # noqa: S301 - from the process that was started one line above


def _run(plan: Plan) -> Load:
    load = Load()
    clients = [_Client(plan.port) for _ in range(plan.clients)]
    began = time.perf_counter()
    waiting = _requests(plan, began)
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client.socket, selectors.EVENT_READ, client)
        busy = sum(_send_next(client, waiting) for client in clients)
        while busy:
            for key, _ in selector.select():
                client = key.data
                answer = client.answer()
                if answer is None:
                    continue
                load.latencies.append(time.perf_counter() - client.began)
                _note(load, answer)
                busy -= not _send_next(client, waiting)
    load.seconds = time.perf_counter() - began
    for client in clients:
        client.socket.close()
    return load


def _requests(plan: Plan, began: float) -> Iterator[bytes]:
    requests = itertools.cycle(plan.requests) if plan.repeats else iter(plan.requests)
    return itertools.takewhile(lambda _: time.perf_counter() - began < plan.seconds, requests)


def _send_next(client: _Client, waiting: Iterator[bytes]) -> bool:
    data = next(waiting, None)
    if data is not None:
        client.send(data)
    return data is not None


def _note(load: Load, answer: bytes) -> None:
    status = int(answer[9:12])
    load.statuses[status] += 1
    if status >= 400 and len(load.complaints) < 5:
        load.complaints.append(answer.decode(errors="replace")[-400:])


if __name__ == "__main__":
    sys.stdout.buffer.write(pickle.dumps(vars(_run(pickle.load(sys.stdin.buffer)))))  # noqa: S301 - from our parent
