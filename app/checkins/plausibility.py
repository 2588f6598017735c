"""Which check-ins of one person cannot all be true.

An event can be forged by whoever has the phone: a signature proves the device, not that somebody stood at the door.
What is impossible is flagged for a human to look at. It counts all the same, so whoever was there loses nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.checkins.models import WORDS
from app.checkins.scans import Booked, Scan
from app.checkins.timing import TOLERANCE
from app.places.queries import kilometres

# As the crow flies and from door to door nobody is faster on the ground: 130 km/h are recommended on motorways, whose
# way is longer than the straight line, and the fastest trains stop far from most doors.
FASTEST_KMH = 150
# A desk for both halves of the day and some rooms and booths. Each counts once, however often it is scanned.
MOST_A_DAY = 8

# Latitude and longitude in degrees.
Point = tuple[float, float]


@dataclass(slots=True)
class Whereabouts:
    """Where somebody was, told in the order of time. `points`: the spaces whose place is known.

    Each day stands alone, because a day is judged anew without what lies further back.
    """

    points: Mapping[int, Point]
    # The last scan that is believed, by day and space.
    seen: dict[tuple[date, int], Scan] = field(default_factory=dict)
    check_ins: Counter[date] = field(default_factory=Counter)

    def is_implausible(self, scan: Scan, claimed: Booked | None) -> bool:
        """Whether somebody would have been too fast or come too often, or knew of a booking before it was made.

        The later of two scans is meant: what was said of the first stays true, unless an earlier one comes late.
        """
        if scan.evidence in WORDS:
            return False
        if scan.kind != "check_out":
            self.check_ins[scan.local_date] += 1
            if self.check_ins[scan.local_date] > MOST_A_DAY:
                return True
        return scan.is_exact and (self._is_out_of_reach(scan) or (claimed is not None and claimed.is_foretold_by(scan)))

    def believe(self, scan: Scan) -> None:
        """Nothing speaks against a scan: when its time is known, somebody was there then."""
        if scan.is_exact and scan.evidence not in WORDS:
            self.seen[scan.local_date, scan.space_id] = scan

    def _is_out_of_reach(self, scan: Scan) -> bool:
        """Whether nobody gets there so soon from where they were that day."""
        for (day, _), last in self.seen.items():
            passed = scan.effective_at - last.effective_at + _slack(scan, last)
            if day == scan.local_date and passed < self._way(scan, last):
                return True
        return False

    def _way(self, one: Scan, other: Scan) -> timedelta:
        """Return the least time for the way between; none when a place is not known."""
        here, there = self.points.get(one.space_id), self.points.get(other.space_id)
        if here is None or there is None or one.space_id == other.space_id:
            return timedelta()
        return timedelta(hours=kilometres(*here, *there) / FASTEST_KMH)


def _slack(one: Scan, other: Scan) -> timedelta:
    """Two clocks that count as right may differ from each other; one clock does not from itself."""
    return timedelta() if one.device == other.device else 2 * TOLERANCE
