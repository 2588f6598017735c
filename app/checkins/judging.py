"""What scans mean: one pure function over all scans of a person, whatever order they arrived in.

Scans are judged by the time they happened and by the bookings as they were then. Whoever is first by
(`effective_at`, id) counts; a scan that says the same once more is its duplicate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from app.checkins.models import WORDS
from app.checkins.plausibility import Point, Whereabouts
from app.checkins.scans import Booked, Judgement, Scan

# A scan belongs to a booking that starts within this time.
EARLY = timedelta(minutes=60)
# The same scan pressed twice.
FOLD = timedelta(minutes=2)
# So long a check-out looks back for the check-in of its stay.
LONGEST_STAY = timedelta(hours=24)
# A pass, or somebody's word, names its booking; clocks of hosts and of guests may differ by so much.
LEEWAY = timedelta(minutes=10)
NAMING = {"host_scan", *WORDS}


@dataclass(frozen=True, slots=True)
class _Stay:
    """A check-in that counts, and the booking it was matched to."""

    scan: Scan
    booking: Booked | None


@dataclass(slots=True)
class _Judge:
    bookings: Sequence[Booked]
    whereabouts: Whereabouts = field(default_factory=lambda: Whereabouts({}))
    stays: list[_Stay] = field(default_factory=list)
    departures: list[_Stay] = field(default_factory=list)
    # The first time that a pass was shown, by booking.
    shown: dict[int, Scan] = field(default_factory=dict)

    def check_in(self, scan: Scan) -> Judgement:
        booking = self._match(scan)
        is_second_use = self._is_second_use(scan, booking)
        first = self._first(scan, booking)
        if first is not None:
            return _duplicate(first, "double_use" if is_second_use else "duplicate")
        self.stays.append(_Stay(scan, booking))
        reason = self._reason(scan, booking)
        return Judgement("flagged" if reason else "accepted", reason, booking.id if booking else None)

    def check_out(self, scan: Scan) -> Judgement:
        """End the latest stay there, of this day or of the day before: a stay over midnight is one stay."""
        twin = _last(self.departures, scan, FOLD)
        if twin is not None:
            return _duplicate(twin)
        stay = self._stay(scan)
        booking = stay.booking if stay else self._match(scan)
        self.departures.append(_Stay(scan, booking))
        mark = self._mark(scan)
        reason = mark if stay or booking or mark == "implausible" else "no_booking"
        return Judgement("flagged" if reason else "accepted", reason, booking.id if booking else None)

    def _stay(self, scan: Scan) -> _Stay | None:
        """Find the stay that a check-out ends; who names a booking means that one."""
        if scan.evidence not in NAMING:
            return _last(self.stays, scan, LONGEST_STAY)
        return next((each for each in self.stays if each.booking and each.booking.uuid == scan.claimed_booking), None)

    def _is_second_use(self, scan: Scan, booking: Booked | None) -> bool:
        """Whether a pass was shown before: one use per booking; pressing twice on one device is one use."""
        if scan.evidence != "host_scan" or booking is None:
            return False
        first = self.shown.setdefault(booking.id, scan)
        is_pressed_twice = first.device == scan.device and scan.effective_at - first.effective_at <= FOLD
        return first is not scan and not is_pressed_twice

    def _named(self, scan: Scan) -> Booked | None:
        """Find the booking that a pass or a word names, when it is for that day and space."""
        booking = self._claimed(scan)
        if booking is None or booking.space_id != scan.space_id or not booking.holds_for(scan):
            return None
        is_near = booking.starts_at - EARLY - LEEWAY <= scan.effective_at < booking.ends_at + LEEWAY
        return booking if is_near or booking.date == scan.local_date else None

    def _claimed(self, scan: Scan) -> Booked | None:
        return next((each for each in self.bookings if each.uuid == scan.claimed_booking), None)

    def _match(self, scan: Scan) -> Booked | None:
        """Find the booking that is running or starts soon, else the next of that day at that space."""
        if scan.evidence in NAMING:
            return self._named(scan)
        there = [each for each in self.bookings if each.space_id == scan.space_id and each.holds_for(scan)]
        near = [each for each in there if each.starts_at - EARLY <= scan.effective_at < each.ends_at]
        if near:
            # Between two bookings in a row, the one that nobody checked in for yet is meant.
            taken = {stay.booking.id for stay in self.stays if stay.booking}
            return next((each for each in near if each.id not in taken), near[0])
        later = [each for each in there if each.date == scan.local_date and each.starts_at > scan.effective_at]
        return later[0] if later else None

    def _first(self, scan: Scan, booking: Booked | None) -> _Stay | None:
        """Find the check-in that already says what `scan` says."""
        twin = None if scan.evidence in NAMING else _last(self.stays, scan, FOLD)
        # Somebody without a booking who then books at the door scans once more, and is right to.
        if twin is not None and not (twin.booking is None and booking is not None):
            return twin
        for stay in self.stays:
            if booking is not None and stay.booking is not None and stay.booking.id == booking.id:
                return stay
            if booking is None and stay.booking is None and _is_same_day(stay.scan, scan):
                return stay
        return None

    def _mark(self, scan: Scan) -> str | None:
        """Say what speaks against a scan that counts. Where nothing does, the person was there at that time."""
        mark = "implausible" if self.whereabouts.is_implausible(scan, self._claimed(scan)) else _doubt(scan)
        if mark is None:
            self.whereabouts.believe(scan)
        return mark

    def _reason(self, scan: Scan, booking: Booked | None) -> str | None:
        mark = self._mark(scan)
        if mark == "implausible":
            return mark
        claimed = self._claimed(scan)
        if claimed is not None and claimed.space_id != scan.space_id:
            return "wrong_space"
        if booking is None:
            return self._missing(scan)
        return "seat_taken" if booking.is_taken_at(scan.effective_at) else mark

    def _missing(self, scan: Scan) -> str:
        """Say why there is no booking: the space closed that day, or there never was one that counts here."""
        there = [each for each in self.bookings if each.space_id == scan.space_id and each.date == scan.local_date]
        if any(each.is_closed_before(scan) for each in there):
            return "space_closed"
        return scan.doubt if scan.kind == "walk_in" and scan.doubt else "no_booking"


def judge(
    scans: Iterable[Scan], bookings: Iterable[Booked], points: Mapping[int, Point] | None = None
) -> dict[UUID, Judgement]:
    """Judge all scans of one person together.

    `bookings` are the person's, ended ones too. `points` say where spaces lie, as far as that is known.
    """
    judge = _Judge(sorted(bookings, key=lambda each: (each.starts_at, each.id)), Whereabouts(points or {}))
    return {
        scan.event_id: judge.check_out(scan) if scan.kind == "check_out" else judge.check_in(scan)
        for scan in sorted(scans, key=lambda each: each.order)
    }


def _doubt(scan: Scan) -> str | None:
    if scan.is_old_sign:
        return "old_sign"
    if scan.doubt is not None:
        return scan.doubt
    if scan.is_unowned:
        return "unowned"
    return "in_future" if scan.is_future else None


def _duplicate(first: _Stay, reason: str = "duplicate") -> Judgement:
    return Judgement("flagged", reason, first.booking.id if first.booking else None, first.scan.event_id)


def _last(stays: Sequence[_Stay], scan: Scan, within: timedelta) -> _Stay | None:
    """Find the latest of `stays` at the same space that lies at most `within` before `scan`."""
    for stay in reversed(stays):
        if stay.scan.space_id == scan.space_id and scan.effective_at - stay.scan.effective_at <= within:
            return stay
    return None


def _is_same_day(one: Scan, other: Scan) -> bool:
    return (one.space_id, one.local_date) == (other.space_id, other.local_date)
