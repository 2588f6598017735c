"""A batch is recorded in one transaction and, when something in it fails, in halves down to the single event.

No SAVEPOINT: each half is a transaction of its own, so what is good is kept whatever lies beside it.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Sequence

from sqlalchemy.exc import DataError, IntegrityError, StatementError

from app.checkins import operations
from app.checkins.operations import Receipt
from app.checkins.records import Arrival, HostArrival
from app.checkins.schemas.reading import Entry

log = logging.getLogger(__name__)

# What one bad event can cause. Anything else (no disk, no database) is no fault of an event: the phone tries again.
POISON = (ArithmeticError, DataError, IntegrityError, LookupError, TypeError, ValueError)


def receive(arrival: Arrival | HostArrival, entries: Sequence[Entry]) -> Receipt:
    """Record `entries`, each exactly once. Refuses what `record_batch` refuses."""
    try:
        return _record(arrival, entries)
    except POISON as error:
        return _by_halves(arrival, entries, error)
    except StatementError as error:
        if not isinstance(error.orig, POISON):
            raise
        return _by_halves(arrival, entries, error)


def _record(arrival: Arrival | HostArrival, entries: Sequence[Entry]) -> Receipt:
    if isinstance(arrival, HostArrival):
        return operations.record_host_batch(arrival=arrival, entries=entries)
    return operations.record_batch(arrival=arrival, entries=entries)


def _by_halves(arrival: Arrival | HostArrival, entries: Sequence[Entry], error: Exception) -> Receipt:
    if len(entries) == 1:
        return _unreadable(arrival, entries[0], error)
    middle = len(entries) // 2
    first, second = receive(arrival, entries[:middle]), receive(arrival, entries[middle:])
    return Receipt((*first.outcomes, *second.outcomes), second.missing)


def _unreadable(arrival: Arrival | HostArrival, entry: Entry, error: Exception) -> Receipt:
    """Keep the text of an event that cannot be recorded; if even that fails, the phone keeps it."""
    log.error("event %s cannot be recorded", entry.event_id, exc_info=error)
    return _record(arrival, [dataclasses.replace(entry, event=None)])
