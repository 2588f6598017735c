"""Turning requests away while too many wait, before any work is done for them.

The web server tells how long a request waited until a thread took it. Phones send what they recorded until it is
answered, so their batches are the first to be told "later"; people who wait for a page come long after them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any, Final

from flask import Flask, json

from app.errors import Busy

# Seconds. What waited longer than a phone listens (20) would be worked on for nobody. While phones are turned away,
# a page waits about as long as the batch before it.
BATCHES_WAIT: Final = 1.0
OTHERS_WAIT: Final = 10.0
# Seconds after which a phone may come again, and up to 30 more by its own jitter: when ten thousand come sooner, the
# server is busy with refusing them.
COME_AGAIN: Final = 30
BATCHES: Final = "/api/v1/checkins"
_here = threading.local()

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def waited(seconds: float) -> None:
    """Note how long the request waited that this thread now begins; the web server calls this."""
    _here.seconds = seconds


def install(app: Flask) -> None:
    """Stand before all that works for a request: turning away must cost next to nothing, or nothing else is done."""
    app.before_request(_turn_away)
    app.wsgi_app = _Door(app.wsgi_app)  # type: ignore[method-assign]


class _Door:
    """Answers batches that waited too long itself, with words that were written once."""

    def __init__(self, inner: Wsgi) -> None:
        self.inner = inner
        problem = {"type": "about:blank", "title": Busy.code, "status": Busy.status, "code": Busy.code}
        self.body = json.dumps(problem | {"detail": Busy.message}).encode()
        self.headers = [
            ("Content-Type", "application/problem+json"),
            ("Content-Length", str(len(self.body))),
            ("Retry-After", str(COME_AGAIN)),
            ("Content-Language", "de"),
        ]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == BATCHES and _has_waited(BATCHES_WAIT):
            start_response("503 Service Unavailable", list(self.headers))
            return [self.body]
        return self.inner(environ, start_response)


def _turn_away() -> None:
    """Refuses: `Busy` (503 with Retry-After), when a request waited so long that hardly anybody is left to answer."""
    if _has_waited(OTHERS_WAIT):
        raise Busy


def _has_waited(seconds: float) -> bool:
    return getattr(_here, "seconds", 0.0) > seconds
