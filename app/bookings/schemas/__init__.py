"""Bookings as JSON: what comes in, what goes out."""

from app.bookings.schemas.kinds import Day, HalfHour, Period, after_start
from app.bookings.schemas.shapes import (
    AvailabilityOut,
    AvailabilityQuery,
    BookingOut,
    EmptyIn,
    OrderIn,
    SeatIn,
)
from app.bookings.schemas.writing import booking_out

__all__ = [
    "AvailabilityOut",
    "AvailabilityQuery",
    "BookingOut",
    "Day",
    "EmptyIn",
    "HalfHour",
    "OrderIn",
    "Period",
    "SeatIn",
    "after_start",
    "booking_out",
]
