"""Parts of a write that bookings' operations and upper packages share."""

from app.bookings.steps.days import DayFacts, facts, lock_days
from app.bookings.steps.forget import forget
from app.bookings.steps.notices import (
    note_ended,
    tell_called_off,
    tell_cancelled,
    tell_changed,
    tell_closed,
    tell_made,
    tell_released,
)
from app.bookings.steps.seats import AlreadyBooked, NewBooking, SeatTaken, end, insert_booking, move_to_seat, release
from app.bookings.steps.walk_in import WalkIn
from app.bookings.steps.walk_in import seat as seat_walk_in

__all__ = [
    "AlreadyBooked",
    "DayFacts",
    "NewBooking",
    "SeatTaken",
    "WalkIn",
    "end",
    "facts",
    "forget",
    "insert_booking",
    "lock_days",
    "move_to_seat",
    "note_ended",
    "release",
    "seat_walk_in",
    "tell_called_off",
    "tell_cancelled",
    "tell_changed",
    "tell_closed",
    "tell_made",
    "tell_released",
]
