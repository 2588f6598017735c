"""What is free, and what somebody has booked."""

from app.bookings.queries.appointments import appointment, appointments, calendar_name, calendar_names
from app.bookings.queries.availability import Alternative, alternatives, last_seat, nearby, taken_seats
from app.bookings.queries.bookings import (
    PERSON_KEPT,
    BookingFacts,
    UnknownBooking,
    booked_at,
    booking_by_id,
    booking_of,
    charged_bookings,
    open_bookings,
    past_bookings,
    snapshot_bookings,
)
from app.bookings.queries.closing import Closing, Replacement, replacements
from app.bookings.queries.counting import CLOSED, DAYS_AHEAD, Free, availability_state, free_seats, moments
from app.bookings.queries.deciding import in_time_until, is_payer_fixed
from app.bookings.queries.doors import CARRIED, Entrance, entrances
from app.bookings.queries.effects import Days, SeatGone, booked_days, booked_outside, other_seat, seat_gone
from app.bookings.queries.fortnight import DAYS_SHOWN, Fortnight, fortnight
from app.bookings.queries.paying import PAYING_STATE, Paying, paying
from app.bookings.queries.rooms import Wanted, free_half_hours, free_rooms, room_moments, room_slots
from app.bookings.queries.unpaid import (
    UNPAID_FOR,
    Unpaid,
    beyond,
    service_of,
    undecided,
    unpaid,
    unpaid_booking,
    unpaid_due,
    untold,
    untold_people,
)

__all__ = [
    "CARRIED",
    "CLOSED",
    "DAYS_AHEAD",
    "DAYS_SHOWN",
    "PAYING_STATE",
    "PERSON_KEPT",
    "UNPAID_FOR",
    "Alternative",
    "BookingFacts",
    "Closing",
    "Days",
    "Entrance",
    "Fortnight",
    "Free",
    "Paying",
    "Replacement",
    "SeatGone",
    "UnknownBooking",
    "Unpaid",
    "Wanted",
    "alternatives",
    "appointment",
    "appointments",
    "availability_state",
    "beyond",
    "booked_at",
    "booked_days",
    "booked_outside",
    "booking_by_id",
    "booking_of",
    "calendar_name",
    "calendar_names",
    "charged_bookings",
    "entrances",
    "fortnight",
    "free_half_hours",
    "free_rooms",
    "free_seats",
    "in_time_until",
    "is_payer_fixed",
    "last_seat",
    "moments",
    "nearby",
    "open_bookings",
    "other_seat",
    "past_bookings",
    "paying",
    "replacements",
    "room_moments",
    "room_slots",
    "seat_gone",
    "service_of",
    "snapshot_bookings",
    "taken_seats",
    "undecided",
    "unpaid",
    "unpaid_booking",
    "unpaid_due",
    "untold",
    "untold_people",
]
