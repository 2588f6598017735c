"""Turning requests away while too many wait, before any work is done for them.

The web server tells how long a request waited until a thread took it. Phones send what they recorded until it is
answered, so their batches are the first to be told "later"; people who wait for a page come long after them.
"""

from __future__ import annotations

import threading
from typing import Final

from flask import Flask, request

from app.errors import Busy

# Seconds. What waited longer than a phone listens (20) would be worked on for nobody.
BATCHES_WAIT: Final = 2.0
OTHERS_WAIT: Final = 10.0
BATCHES: Final = "/api/v1/checkins"
_here = threading.local()


def waited(seconds: float) -> None:
    """Note how long the request waited that this thread now begins; the web server calls this."""
    _here.seconds = seconds


def install(app: Flask) -> None:
    app.before_request(_turn_away)


def _turn_away() -> None:
    """Refuses: `Busy` (503 with Retry-After), when the request waited too long."""
    limit = BATCHES_WAIT if request.path == BATCHES else OTHERS_WAIT
    if getattr(_here, "seconds", 0.0) > limit:
        raise Busy
