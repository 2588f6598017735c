"""Who pays, as the booking pages say it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from app import clock, i18n
from app.bookings import queries
from app.bookings.models import PERIODS
from app.bookings.queries import BookingFacts
from app.funding import queries as funding
from app.funding.models import PERSON
from app.funding.queries import SELF, Payer, Service
from app.spaces.queries import SpaceFacts


@dataclass(frozen=True)
class Way:
    """A way to pay: its key, who that is, what it says, and whether enough is left.

    `own_cents`: what the person pays on site.
    """

    key: str
    name: str
    text: str
    can_pay: bool
    own_cents: int


def ways(at: SpaceFacts, day: date, period: str, *, person_id: int) -> list[Way]:
    """Return who may pay for a desk, in the order in which they are asked; the person comes last."""
    slots = len(PERIODS[period])
    cents = None if at.price_cents is None else at.price_cents * slots
    return _ways(Service(person_id, at.id, at.town_id, day, "desk", slots, cents))


def ways_of_room(at: SpaceFacts, day: date, *, person_id: int) -> list[Way]:
    """Return who may pay for a room for up to four hours, which cost one unit."""
    return _ways(Service(person_id, at.id, at.town_id, day, "room", 1, at.half_hour_price_cents))


def _ways(service: Service) -> list[Way]:
    return [Way(each.key, each.name, say(each), each.lacks is None, each.own_cents) for each in funding.payers(service)]


@dataclass(frozen=True)
class Paid:
    """Who pays for a booking that may be changed; `name` None = the person.

    `goes_on`: it would be so on the day that is looked at. `decide_at`: the payer ends before the booking, which is
    cancelled unless another one is chosen by then, in the space's time. `can_change`: there may be others.
    """

    name: str | None
    goes_on: bool
    decide_at: datetime | None
    can_change: bool


def paid(booking: BookingFacts, at: SpaceFacts, day: date, *, now: datetime) -> Paid | None:
    """Return who pays for a booking, and whether also on another day; None when it is over or has ended."""
    known = queries.paying(booking.person_id, now=now).get(booking.id)
    if known is None:
        return None
    goes_on = known.decide_by is None
    if known.name and day != booking.date:
        moved = funding.payers(queries.service_of(replace(booking, date=day)))
        goes_on = any(each.key == booking.payer for each in moved)
    decide_by = known.decide_by if day == booking.date else None
    decide_at = decide_by.astimezone(clock.zone(at.timezone)) if decide_by else None
    can_change = known.can_change and not queries.is_payer_fixed(booking, now=now)
    return Paid(known.name, goes_on, decide_at, can_change)


def chosen(found: list[Way], key: str | None) -> Way:
    """Return the way of that key if it can pay, else the first that can."""
    able = [way for way in found if way.can_pay]
    return next((way for way in able if way.key == key), able[0])


def say(payer: Payer) -> str:
    """Say who pays and what is left of it afterwards: "Pilot Frühjahr zahlt, danach 3 von 8 halben Tagen"."""
    if payer.key == SELF:
        return i18n.gettext("Ich zahle selbst vor Ort")
    after, granted = _own(payer)
    known = {"name": payer.name, "left": after, "granted": granted}
    if payer.lacks is not None:
        if granted is None or payer.lacks != "units":
            return i18n.gettext("%(name)s: Dafür ist nicht mehr genug übrig.", **known)
        known["left"] = after + payer.parts[0].units
        return i18n.gettext("%(name)s: Es sind nur noch %(left)s von %(granted)s halben Tagen übrig.", **known)
    if payer.own_cents:
        rest = i18n.format_money(payer.own_cents / 100)
        return i18n.gettext("%(name)s zahlt einen Teil, du %(rest)s vor Ort", **known, rest=rest)
    if granted is None:
        return i18n.gettext("%(name)s zahlt", **known)
    return i18n.gettext("%(name)s zahlt, danach %(left)s von %(granted)s halben Tagen", **known)


def _own(payer: Payer) -> tuple[int, int | None]:
    """Return what the person's own account has afterwards and what it was granted; nothing is told of a shared one."""
    for part in payer.parts:
        one = part.candidate
        if one.scope == PERSON and one.left_units is not None:
            return one.left_units - part.units, one.granted_units
    return 0, None
