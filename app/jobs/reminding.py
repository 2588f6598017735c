"""The worker's part in reminders: look what is due, again and again, and leave out nothing that was due meanwhile."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from app import clock
from app.reminders import operations, queries

log = logging.getLogger(__name__)

# After a rest of all workers so much is looked back on: what is of use still goes out, the rest is dropped and told.
LOOK_BACK = timedelta(days=1)
# Rounds overlap, because a booking may be committed a moment after its start was passed.
OVERLAP = timedelta(minutes=5)


class Reminding:
    """What one worker remembers between its rounds."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._until: datetime | None = None

    def round(self) -> None:
        """Decide everything that is due. Another worker may be at it too: each reminder is decided once."""
        now, late = clock.now(), 0
        since = max(self._until - OVERLAP, now - LOOK_BACK) if self._until else now - LOOK_BACK
        for kind in queries.KINDS:
            after: tuple[datetime, int] | None = (since, 0)
            while after is not None and not self._stop.is_set():
                page = queries.due(kind, now, after=after)
                if page.found:
                    late += operations.remind(found=page.found, now=now).late
                after = page.after
        if late:
            log.warning("%s reminders came too late to be of use and were dropped", late)
        if not self._stop.is_set():
            self._until = now
