"""The project's own application behind a bad day: served in simulations instead of `wsgi:app`.

What it does to an answer is drawn by lot. Most of it happens after the product has committed.
"""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from wsgi import app as product

ADDRESS = "/api/v1/checkins"
LOST, DROPPED, PORTAL = 0.05, 0.02, 0.01
BAD_GATEWAY, TOO_LARGE, BUSY = 0.01, 0.01, 0.01
PAGE = b"<html><title>Willkommen im WLAN</title></html>"
lots = random.Random(f"{os.environ.get('FAULT_SEED', '1')} {os.getpid()}")

Environ = dict[str, Any]
Start = Callable[..., Any]


def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
    if environ["PATH_INFO"] != ADDRESS:
        return product(environ, start_response)
    fate = lots.random()
    for share, status, headers, body in (
        (BAD_GATEWAY, "502 Bad Gateway", [("Content-Type", "text/html")], PAGE),
        (TOO_LARGE, "413 Content Too Large", [("Content-Type", "text/html")], PAGE),
        (BUSY, "503 Service Unavailable", [("Retry-After", "1"), ("Content-Type", "text/plain")], b"busy"),
        (PORTAL, "200 OK", [("Content-Type", "text/html")], PAGE),
    ):
        fate -= share
        if fate < 0:
            return _say(start_response, status, headers, body)
    said: list[Any] = []
    body = b"".join(product(environ, lambda *words: said.append(words)))
    fate -= LOST
    if fate < 0:
        return _say(start_response, "500 Internal Server Error", [("Content-Type", "text/plain")], b"lost")
    if fate < DROPPED:
        with suppress(OSError):
            environ["gunicorn.socket"].shutdown(socket.SHUT_RDWR)
    start_response(*said[0])
    return [body]


def _say(start_response: Start, status: str, headers: list[tuple[str, str]], body: bytes) -> list[bytes]:
    start_response(status, [*headers, ("Content-Length", str(len(body)))])
    return [body]
