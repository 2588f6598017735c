"""The project's own application with its care for check-ins taken away: served in controls instead of `wsgi:app`.

It looks for known events in one transaction and stores in another a moment later, locks nobody in between, and
writers do not queue. Together with a database without the key of events, that is what a naive server does.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import Any

from flask import g

from app import transaction
from app.checkins import queries
from app.people import steps as people
from wsgi import app

__all__ = ["app"]

MOMENT = 0.02
_records = queries.records


def _read_and_let_go(*arguments: Any) -> Any:
    found = _records(*arguments)
    g.writer.commit()
    time.sleep(MOMENT)
    g.writer.begin()
    return found


queries.records = _read_and_let_go
people.lock = lambda person_id: None
transaction._turn = nullcontext
