"""The work of the night, by name. Each returns one line for the record; what fails is tried again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from app.jobs import queries

log = logging.getLogger(__name__)

# As many contradictions are written into the log; `flask reconcile` prints all.
SHOWN = 20


class Contradictions(Exception):
    """The rows do not agree; somebody has to look."""


def reconcile(now: datetime) -> str:
    """Prove that bookings, slots and check-ins agree."""
    del now
    count = 0
    for count, finding in enumerate(queries.findings(), start=1):
        if count <= SHOWN:
            log.error("reconcile: %s: %s", finding.kind, finding.text)
    if count:
        raise Contradictions(f"{count} contradictions, see: flask reconcile")
    return "no contradictions"


TASKS: dict[str, Callable[[datetime], str]] = {"reconcile": reconcile}
