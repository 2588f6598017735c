"""Why a seat is not booked."""

from app.errors import N_, DomainError


class NoSeatFree(DomainError):
    """Every seat is taken at that time."""

    code = "no_seat_free"
    message = N_("Für diese Zeit ist hier kein Platz mehr frei. Nimm einen anderen Tag oder einen anderen Ort.")


class UnknownSeat(DomainError):
    """The space has no seat of that number."""

    code = "unknown_seat"
    status = 422
    message = N_("Den Platz {number} gibt es an diesem Ort nicht. Wähl einen aus der Liste.")


class SpaceClosed(DomainError):
    """The space is closed that day."""

    code = "space_closed"
    message = N_("An diesem Tag ist der Ort geschlossen. Wähl einen anderen Tag.")


class HoursClosed(DomainError):
    """The space is closed for a part of these hours, or the clock skips them."""

    code = "hours_closed"
    message = N_("Zu dieser Zeit ist der Ort nicht durchgehend geöffnet. Wähl eine andere Zeit.")


class NotBookable(DomainError):
    """The space is known, but has no seats to book yet."""

    code = "not_bookable"
    message = N_("Diesen Ort kann man hier noch nicht buchen. Such dir einen anderen Ort aus.")


class TooLate(DomainError):
    """The half-day is over."""

    code = "too_late"
    message = N_("Diese Zeit ist schon vorbei. Wähl einen späteren Tag.")


class TooEarly(DomainError):
    """The day is too far ahead."""

    code = "too_early"
    message = N_("So weit im Voraus geht es noch nicht. Du kannst höchstens 84 Tage vorher buchen.")


class TooManyOpen(DomainError):
    """The person holds as many bookings as allowed."""

    code = "too_many_open"
    message = N_("Du hast schon 20 offene Buchungen. Sag eine ab oder warte, bis eine vorbei ist.")


class BookingCancelled(DomainError):
    """This very order was carried out and cancelled since."""

    code = "booking_cancelled"
    message = N_("Diese Buchung hast du schon wieder abgesagt. Wenn du doch kommen willst, buch hier neu.")


class UuidReused(DomainError):
    """The uuid stands for another booking."""

    code = "uuid_reused"
    message = N_("Unter dieser Nummer gibt es schon eine andere Buchung. Lade die Seite neu und buch noch einmal.")
