"""How statements count what was used."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case

from app.bookings.models import Booking
from app.extensions import table
from app.funding.models import Entry
from app.funding.queries import HALF_HOURS_A_UNIT
from app.spaces.models import Seat


def half_days() -> ColumnElement[Any]:
    """Return the half-days of an `Entry`, joined with its `Booking` and `Seat`; less than zero when taken back.

    Who pays a share only has used no half-day of a quota; the statement counts the service all the same.
    """
    entry, booking = table(Entry).c, table(Booking).c
    slots = booking.end_slot - booking.first_slot
    units = case((table(Seat).c.kind == "desk", slots), else_=(slots + HALF_HOURS_A_UNIT - 1) // HALF_HOURS_A_UNIT)
    return case(
        (entry.settled_units != 0, entry.settled_units),
        (entry.settled_cents > 0, units),
        else_=-units,
    )
