"""Which days shall be closed, and what helps those who had booked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app import clock
from app.bookings.models import CLOSED
from app.bookings.queries.availability import Alternative, nearby
from app.bookings.queries.bookings import BookingFacts
from app.errors import N_, InvalidInput
from app.spaces import queries as spaces
from app.spaces.queries import Closed, Directory

LONGEST = timedelta(days=366)
# A year that was mistyped shall not close a space that nobody thinks of any more.
AHEAD = timedelta(days=2 * 365)
REASON_LENGTH = 200
TOO_FAR = N_("Das ist mehr als zwei Jahre hin. Prüf das Jahr, oder trag es später ein.")


@dataclass(frozen=True)
class Closing:
    """Days on which a space is closed, both ends included, and what the people who booked are told."""

    space_id: int
    first_on: date
    last_on: date
    reason: str

    def check(self, *, timezone: str, now: datetime) -> None:
        """Look whether days and reason make sense. Refuses: `InvalidInput`."""
        wrong = self._wrong_days(clock.local_day(now, timezone))
        if not self.reason.strip():
            wrong["reason"] = N_("Sag in ein paar Worten, warum. Alle, die gebucht haben, lesen das.")
        elif len(self.reason) > REASON_LENGTH:
            wrong["reason"] = N_("Das ist zu lang. Höchstens 200 Zeichen.")
        if wrong:
            raise InvalidInput(wrong)

    def _wrong_days(self, today: date) -> dict[str, str]:
        wrong = {}
        if self.first_on < today:
            wrong["first_on"] = N_("Dieser Tag ist schon vorbei. Wähl heute oder einen späteren.")
        elif self.first_on > today + AHEAD:
            wrong["first_on"] = TOO_FAR
        if self.last_on < self.first_on:
            wrong["last_on"] = N_("Der letzte Tag liegt vor dem ersten. Tausch die beiden.")
        elif self.last_on - self.first_on > LONGEST:
            wrong["last_on"] = N_("Länger als ein Jahr geht es so nicht. Schließ den Ort dafür endgültig.")
        elif not wrong and self.last_on > today + AHEAD:
            wrong["last_on"] = TOO_FAR
        return wrong


@dataclass(frozen=True, slots=True)
class Replacement:
    """Why the space of a booking closed, if it is still known, and what is free instead."""

    reason: str | None
    ways: list[Alternative]


def replacements(found: Iterable[BookingFacts], *, now: datetime) -> dict[int, Replacement]:
    """Return, by booking id, what those of `found` that a closure ended can be replaced by, until they are over.

    When the space has opened again it is offered first.
    """
    closed = [each for each in found if each.ended_reason == CLOSED and each.ends_at > now]
    if not closed:
        return {}
    known = spaces.directory()
    return {each.id: _replacement(each, known, now) for each in closed if each.space_id in known.by_id}


def _replacement(booking: BookingFacts, known: Directory, now: datetime) -> Replacement:
    space = known.by_id[booking.space_id]
    opening = space.opening(booking.date)
    ways = nearby(space, booking.date, booking.period, among=known.bookable, now=now)
    return Replacement(opening.note if isinstance(opening, Closed) else None, ways)
