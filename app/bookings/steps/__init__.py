"""Parts of a write that bookings' operations and upper packages share."""

from app.bookings.steps.charging import UnknownPayer, UsedUp, let_go, lock, mark, reserve
from app.bookings.steps.days import DayFacts, facts, lock_days
from app.bookings.steps.ending import call_off, end, release
from app.bookings.steps.forget import forget, untie
from app.bookings.steps.inserting import NewBooking
from app.bookings.steps.notices import (
    note_ended,
    tell_called_off,
    tell_cancelled,
    tell_changed,
    tell_closed,
    tell_made,
    tell_payer_ends,
    tell_released,
    tell_several_cancelled,
)
from app.bookings.steps.saying import Placed
from app.bookings.steps.seats import AlreadyBooked, SeatTaken, insert_booking, move_to_seat
from app.bookings.steps.walk_in import WalkIn
from app.bookings.steps.walk_in import seat as seat_walk_in

__all__ = [
    "AlreadyBooked",
    "DayFacts",
    "NewBooking",
    "Placed",
    "SeatTaken",
    "UnknownPayer",
    "UsedUp",
    "WalkIn",
    "call_off",
    "end",
    "facts",
    "forget",
    "insert_booking",
    "let_go",
    "lock",
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
    "tell_several_cancelled",
    "untie",
]
