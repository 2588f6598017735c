"""Book a seat, change a booking, cancel it. Time is passed in; a refused attempt stores nothing."""

from app.bookings.operations.booking import Order, Result, book, book_several
from app.bookings.operations.changing import BookingOver, cancel, change, change_seat
from app.bookings.operations.refusals import NotBookable, UuidReused

__all__ = [
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
