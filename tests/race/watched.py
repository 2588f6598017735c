"""The project's own application, with a stop watch at SQLite's writing lock: served in races instead of `wsgi:app`."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import transaction
from wsgi import app

__all__ = ["app"]

_turn = transaction._turn
_longest = 0.0


@contextmanager
def _timed_turn() -> Iterator[None]:
    global _longest  # noqa: PLW0603 - one number per process
    began = time.monotonic()
    with _turn():
        waited = time.monotonic() - began
        if waited > _longest:
            _longest = waited
            Path(os.environ["WATCH_FOLDER"], f"wait-{os.getpid()}").write_text(str(waited), encoding="ascii")
        yield


transaction._turn = _timed_turn
