"""What is free, and what somebody has booked."""

from app.bookings.queries.availability import Alternative, alternatives, last_seat, nearby, taken_seats
from app.bookings.queries.bookings import (
    BookingFacts,
    UnknownBooking,
    booked_at,
    booking_by_id,
    booking_of,
    calendar_name,
    charged_bookings,
    open_bookings,
    past_bookings,
    snapshot_bookings,
)
from app.bookings.queries.closing import Closing, Replacement, replacements
from app.bookings.queries.counting import CLOSED, DAYS_AHEAD, Free, availability_state, free_seats, moments
from app.bookings.queries.doors import CARRIED, Entrance, entrances
from app.bookings.queries.effects import Days, SeatGone, booked_days, booked_outside, other_seat, seat_gone
from app.bookings.queries.fortnight import DAYS_SHOWN, Fortnight, fortnight
from app.bookings.queries.rooms import Wanted, free_half_hours, free_rooms, room_moments, room_slots

__all__ = [
    "CARRIED",
    "CLOSED",
    "DAYS_AHEAD",
    "DAYS_SHOWN",
    "Alternative",
    "BookingFacts",
    "Closing",
    "Days",
    "Entrance",
    "Fortnight",
    "Free",
    "Replacement",
    "SeatGone",
    "UnknownBooking",
    "Wanted",
    "alternatives",
    "availability_state",
    "booked_at",
    "booked_days",
    "booked_outside",
    "booking_by_id",
    "booking_of",
    "calendar_name",
    "charged_bookings",
    "entrances",
    "fortnight",
    "free_half_hours",
    "free_rooms",
    "free_seats",
    "last_seat",
    "moments",
    "nearby",
    "open_bookings",
    "other_seat",
    "past_bookings",
    "replacements",
    "room_moments",
    "room_slots",
    "seat_gone",
    "snapshot_bookings",
    "taken_seats",
]
