"""When a scan really happened: the phone's clock is corrected and bounded, never trusted blindly.

Three things are known besides the phone's own word. A difference of two readings of its monotonic clock within one
life of a page or worker is a lower bound of the time between them, because that clock may stop while the phone
sleeps. The server said its own time at the last contact. And no scan is later than its receipt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from app import clock

# Clocks that differ by less are right.
TOLERANCE = timedelta(minutes=2)
# A clock that is wrong by more than this may as well have been set in between.
STEADY = timedelta(hours=2)
# Phones keep unsent events for long, but not for ever: whatever claims to be older has a clock that was never set.
OLDEST = timedelta(days=400)

Quality = Literal["exact", "corrected", "uncertain"]


@dataclass(frozen=True, slots=True)
class Clocks:
    """A moment by a wall clock, with the monotonic clock of the phone and the boot in which that counts."""

    at: datetime
    boot: str
    boot_ms: int

    def since(self, earlier: Clocks) -> timedelta | None:
        """Return the least time that passed since `earlier`, or None when that was another boot."""
        if self.boot != earlier.boot:
            return None
        return min(timedelta(milliseconds=max(0, self.boot_ms - earlier.boot_ms)), OLDEST)


@dataclass(frozen=True, slots=True)
class Timing:
    """`effective_at` is what the server judges by; the scan happened between `earliest` and `latest`."""

    effective_at: datetime
    earliest: datetime
    latest: datetime
    is_exact: bool

    def quality(self, timezone: str) -> Quality:
        """Say how well the time is known; what is never in doubt for long is the local day."""
        if self.is_exact:
            return "exact"
        is_one_day = clock.local_day(self.earliest, timezone) == clock.local_day(self.latest, timezone)
        return "corrected" if is_one_day else "uncertain"


def correct(captured: Clocks, sent: Clocks, contact: Clocks | None, received_at: datetime) -> Timing:
    """Judge a phone's time: of the scan, of the sending, and the server's as the phone last heard it."""
    elapsed = sent.since(captured)
    latest = received_at - (elapsed or timedelta())
    oldest = received_at - OLDEST
    if contact is not None and not oldest <= contact.at <= latest:
        contact = None  # the server never said that
    earliest = _earliest(captured, contact, latest) if contact else oldest
    offset = received_at - sent.at
    corrected = captured.at + offset
    if abs(offset) <= TOLERANCE and _lies(captured.at, earliest, latest):
        return _exactly(min(captured.at, received_at))
    if elapsed is not None and abs(sent.at - captured.at - elapsed) > TOLERANCE:
        # The clock was set between scan and sending, or the phone slept: the monotonic clock has the word.
        first = corrected if _lies(corrected, earliest, latest) else earliest
        return Timing(latest, min(first, latest), latest, is_exact=False)
    if (elapsed is not None or abs(offset) <= STEADY) and _lies(corrected, earliest, latest):
        effective_at = max(min(corrected, latest), earliest)
        return Timing(effective_at, effective_at, effective_at, is_exact=False)
    knows_distance = contact is not None and captured.since(contact) is not None
    return _between(earliest, latest, corrected, knows_distance=knows_distance)


def _earliest(captured: Clocks, contact: Clocks, latest: datetime) -> datetime:
    return min(latest, contact.at + (captured.since(contact) or timedelta()))


def _lies(moment: datetime, earliest: datetime, latest: datetime) -> bool:
    return earliest - TOLERANCE <= moment <= latest + TOLERANCE


def _exactly(moment: datetime) -> Timing:
    return Timing(moment, moment, moment, is_exact=True)


def _between(earliest: datetime, latest: datetime, corrected: datetime, *, knows_distance: bool) -> Timing:
    if knows_distance:
        # Counted from the server's own time within one boot: as good as it gets unless the phone slept.
        return Timing(earliest, earliest, latest, is_exact=False)
    if earliest < corrected < latest:
        return Timing(corrected, earliest, latest, is_exact=False)
    return Timing(latest, earliest, latest, is_exact=False)
