"""What went wrong in a race, counted from the rows themselves: no key and no code of the product is asked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, create_engine, text

# Two open bookings of one seat, or of one person, whose half-days overlap.
OVERLAPS = """
SELECT count(*) FROM bookings a JOIN bookings b
    ON b.{who} = a.{who} AND b.date = a.date AND b.id > a.id
WHERE a.ended_at IS NULL AND b.ended_at IS NULL AND a.released_at IS NULL AND b.released_at IS NULL
    AND a.first_slot < b.end_slot AND b.first_slot < a.end_slot
"""
# Slots that belong to no open booking, or to another seat, day, person or half-day than their booking.
STRAY_SLOTS = """
SELECT count(*) FROM booking_slots s WHERE NOT EXISTS (
    SELECT 1 FROM bookings b WHERE b.id = s.booking_id AND b.ended_at IS NULL AND b.released_at IS NULL
    AND b.seat_id = s.seat_id AND b.space_id = s.space_id AND b.date = s.date
    AND (b.person_id = s.person_id OR (b.person_id IS NULL AND s.person_id IS NULL))
    AND b.first_slot <= s.slot AND s.slot < b.end_slot
)
"""
# Open bookings that do not hold exactly the slots they say.
UNHELD = """
SELECT count(*) FROM bookings b WHERE b.ended_at IS NULL AND b.released_at IS NULL AND b.end_slot - b.first_slot <> (
    SELECT count(*) FROM booking_slots s WHERE s.booking_id = b.id
)
"""

# Accounts from which more was taken than granted, by their figures or by their entries, or less than nothing.
OVERDRAWN = """
SELECT count(*) FROM accounts a WHERE a.reserved_units + a.settled_units > a.granted_units
    OR a.reserved_cents + a.settled_cents > a.granted_cents OR a.reserved_units < 0 OR a.reserved_cents < 0
    OR a.granted_units < (SELECT sum(e.reserved_units + e.settled_units) FROM entries e WHERE e.account_id = a.id)
"""
# Accounts that are not the sum of their entries.
DRIFTED = """
SELECT count(*) FROM accounts a WHERE a.reserved_units + a.settled_units <> (
    SELECT coalesce(sum(e.reserved_units + e.settled_units), 0) FROM entries e WHERE e.account_id = a.id
) OR coalesce(a.granted_units, 0) <> (SELECT sum(e.granted_units) FROM entries e WHERE e.account_id = a.id)
"""
# Bookings for which an account was charged more than once.
CHARGED_TWICE = """
SELECT count(*) FROM (
    SELECT booking_uuid FROM entries WHERE kind = 'reserve' GROUP BY booking_uuid, account_id HAVING count(*) > 1
) AS twice
"""


SLOTS = {"morning": (0,), "afternoon": (1,), "day": (0, 1)}


@dataclass(frozen=True)
class Findings:
    """Numbers of violations; all zero is what a race must end with."""

    doubled_seats: int
    doubled_people: int
    doubled_meanwhile: int  # two clients held the same seat, or one person two seats, at some moment of the race
    stray_slots: int
    unheld_bookings: int
    lost: int  # answered "booked", but not in the table
    revived: int  # answered "cancelled", but open in the table
    overdrawn: int
    drifted: int
    charged_twice: int
    contradictions: int  # what `flask reconcile` finds

    @property
    def total(self) -> int:
        return sum(getattr(self, field.name) for field in fields(self))


def of(database_url: str, stays: list[dict[str, Any]], contradictions: int) -> Findings:
    """Count violations. `stays` are the bookings that clients were promised, and for how long they had them."""
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            known = _uuids(connection, "SELECT uuid FROM bookings")
            still_open = _uuids(connection, "SELECT uuid FROM bookings WHERE ended_at IS NULL")
            return Findings(
                doubled_seats=_count(connection, OVERLAPS.format(who="seat_id")),
                doubled_people=_count(connection, OVERLAPS.format(who="person_id")),
                doubled_meanwhile=doubled_meanwhile(stays),
                stray_slots=_count(connection, STRAY_SLOTS),
                unheld_bookings=_count(connection, UNHELD),
                lost=len({_plain(stay["uuid"]) for stay in stays} - known),
                revived=len({_plain(stay["uuid"]) for stay in stays if stay["is_cancelled"]} & still_open),
                overdrawn=_count(connection, OVERDRAWN),
                drifted=_count(connection, DRIFTED),
                charged_twice=_count(connection, CHARGED_TWICE),
                contradictions=contradictions,
            )
    finally:
        engine.dispose()


def doubled_meanwhile(stays: list[dict[str, Any]]) -> int:
    """Count stays that began while another one of the same seat, or person, and half-day had not ended.

    A stay lies within the time in which the booking existed, so whatever overlaps here was really sold twice.
    """
    by_place: dict[tuple[str, str, int], list[tuple[float, float]]] = defaultdict(list)
    for stay in stays:
        until = float("inf") if stay["until"] is None else stay["until"]
        for slot in SLOTS[stay["period"]]:
            for who in (stay["seat"], stay["person"]):
                by_place[who, stay["date"], slot].append((stay["since"], until))
    return sum(_overlaps(sorted(times)) for times in by_place.values())


def _overlaps(times: list[tuple[float, float]]) -> int:
    found, latest = 0, float("-inf")
    for since, until in times:
        found += since < latest
        latest = max(latest, until)
    return found


def _count(connection: Connection, statement: str) -> int:
    return int(connection.execute(text(statement)).scalar_one())


def _uuids(connection: Connection, statement: str) -> set[str]:
    return {_plain(str(one)) for one in connection.execute(text(statement)).scalars()}


def _plain(uuid: str) -> str:
    return uuid.replace("-", "")
