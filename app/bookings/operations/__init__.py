"""Book a seat, change a booking, cancel it, close a space. Time is passed in; a refused attempt stores nothing."""

from app.bookings.operations.booking import book
from app.bookings.operations.changing import AlreadyCheckedIn, BookingOver, PlaceClosed, cancel, change, change_seat
from app.bookings.operations.closing import Closed, Present, close_days, close_for_good, reopen_days, stay_open
from app.bookings.operations.orders import Order, Result
from app.bookings.operations.paying import (
    AlreadySettled,
    PayerFixed,
    cancel_unpaid,
    change_payer,
    tell_payer_ends,
)
from app.bookings.operations.refusals import BookingCancelled, NotBookable, SpaceClosed, TooEarly, TooLate, UuidReused
from app.bookings.operations.several import book_several, cancel_several, try_several
from app.bookings.operations.vacating import Vacated, vacate_seat

__all__ = [
    "AlreadyCheckedIn",
    "AlreadySettled",
    "BookingCancelled",
    "BookingOver",
    "Closed",
    "NotBookable",
    "Order",
    "PayerFixed",
    "PlaceClosed",
    "Present",
    "Result",
    "SpaceClosed",
    "TooEarly",
    "TooLate",
    "UuidReused",
    "Vacated",
    "book",
    "book_several",
    "cancel",
    "cancel_several",
    "cancel_unpaid",
    "change",
    "change_payer",
    "change_seat",
    "close_days",
    "close_for_good",
    "reopen_days",
    "stay_open",
    "tell_payer_ends",
    "try_several",
    "vacate_seat",
]
