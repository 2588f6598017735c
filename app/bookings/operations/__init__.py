"""Book a seat, change a booking, cancel it. Time is passed in; a refused attempt stores nothing."""

from app.bookings.operations.booking import Order, Result, book, book_several
from app.bookings.operations.changing import BookingOver, cancel, change, change_seat
from app.bookings.operations.refusals import BookingCancelled, NotBookable, UuidReused

__all__ = [
    "BookingCancelled",
    "BookingOver",
    "NotBookable",
    "Order",
    "Result",
    "UuidReused",
    "book",
    "book_several",
    "cancel",
    "change",
    "change_seat",
]
