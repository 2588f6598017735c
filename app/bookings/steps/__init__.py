"""Parts of a write that bookings' operations and upper packages share."""

from app.bookings.steps.charging import UnknownPayer, UsedUp, in_time_until, mark, reserve
from app.bookings.steps.days import DayFacts, facts, lock_days
from app.bookings.steps.ending import end, release
from app.bookings.steps.forget import forget
from app.bookings.steps.notices import (
    note_ended,
    tell_called_off,
    tell_cancelled,
    tell_changed,
    tell_closed,
    tell_made,
    tell_payer_ends,
    tell_released,
)
from app.bookings.steps.seats import AlreadyBooked, NewBooking, SeatTaken, insert_booking, move_to_seat
from app.bookings.steps.walk_in import WalkIn
from app.bookings.steps.walk_in import seat as seat_walk_in

__all__ = [
    "AlreadyBooked",
    "DayFacts",
    "NewBooking",
    "SeatTaken",
    "UnknownPayer",
    "UsedUp",
    "WalkIn",
    "end",
    "facts",
    "forget",
    "in_time_until",
    "insert_booking",
    "lock_days",
    "mark",
    "move_to_seat",
    "note_ended",
    "release",
    "reserve",
    "seat_walk_in",
    "tell_called_off",
    "tell_cancelled",
    "tell_changed",
    "tell_closed",
    "tell_made",
    "tell_payer_ends",
    "tell_released",
]
