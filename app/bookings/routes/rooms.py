"""The form for rooms and phone booths: a day, from when to when."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import redirect, render_template, request

from app import access, clock, problems
from app.bookings import forms, operations, queries
from app.bookings.models import HALF_HOUR, HOURS
from app.bookings.operations import Order
from app.bookings.queries import BookingFacts
from app.bookings.routes import blueprint, paying, views
from app.errors import DomainError, NotFound
from app.funding.queries import SELF
from app.spaces import queries as spaces
from app.spaces.queries import Closed, SeatFacts, SpaceFacts


@dataclass(frozen=True)
class Room:
    """What the form is about; `own` is the booking that is changed by it."""

    space: SpaceFacts
    seat: SeatFacts
    own: BookingFacts | None = None

    @property
    def address(self) -> str:
        if self.own is not None:
            return f"/buchungen/{self.own.uuid}/aendern"
        return f"/orte/{self.space.slug}/raum/{self.seat.number}"


def room_of(slug: str, number: int) -> Room:
    """Return a room that can be booked. Refuses: `UnknownSpace`, `NotFound`, `NotBookable`."""
    space = spaces.directory().space(slug)
    seat = next((room for room in space.rooms if room.number == number), None)
    if seat is None:
        raise NotFound
    if not space.is_bookable:
        raise operations.NotBookable
    return Room(space, seat)


@blueprint.get("/orte/<slug>/raum/<int:number>")
@access.person
def room_page(slug: str, number: int) -> Any:
    return show(room_of(slug, number), None)


@blueprint.post("/orte/<slug>/raum/<int:number>")
@access.person
def book_room(slug: str, number: int) -> Any:
    room = room_of(slug, number)
    try:
        form = forms.read_room(request.form)
        order = Order(form.uuid, slug, form.date, HOURS, number, range(form.start, form.to), form.payer)
        result = operations.book(order=order, person_id=access.signed_in().person_id, now=clock.now())
        if result.booking is None or not result.booking.is_open:  # sent again after it was cancelled
            raise operations.BookingCancelled
    except DomainError as refusal:
        return show(room, refusal)
    return redirect(f"/meine?neu={order.uuid}", 303)


def change(own: BookingFacts) -> Any:
    """Answer the form that changes a room's day or hours."""
    space = spaces.directory().by_id[own.space_id]
    seat = next((room for room in space.rooms if room.id == own.seat_id), None)
    room = Room(space, seat or SeatFacts(own.seat_id, own.seat_number, own.seat_name, None, own.seat_kind), own)
    now = clock.now()
    if request.method == "GET":
        return show(room, None if own.is_open and own.ends_at > now else operations.BookingOver())
    try:
        form = forms.read_room(request.form, uuid_of=own.uuid)
        hours = range(form.start, form.to)
        order = Order(form.uuid, space.slug, form.date, HOURS, own.seat_number, hours, own.payer or SELF)
        changed = operations.change(
            booking_uuid=own.uuid, order=order, person_id=own.person_id, now=now, present=views.present()
        )
        if not queries.booking_of(own.person_id, changed).is_open:
            raise operations.BookingOver
    except DomainError as refusal:
        return show(room, refusal)
    if changed == own.uuid:
        return views.unchanged(own)
    return redirect(f"/meine?neu={changed}&geaendert=1", 303)


def show(room: Room, refusal: DomainError | None) -> Any:
    """Show the form, with what was typed. `refusal` decides the status."""
    now, own = clock.now(), room.own
    is_there = own is not None and own.is_open and views.is_there(own)
    if is_there and refusal is None:
        refusal = operations.AlreadyCheckedIn()
    today = clock.local_day(now, room.space.timezone)
    typed = request.form if refusal is not None else request.args
    default = own.date if own is not None else spaces.next_open_day([room.space], today - timedelta(days=1))
    day = forms.day_or(typed.get("date"), default)
    shown = queries.fortnight(day, today, [room.space])
    free = queries.free_half_hours(room.space, day, now=now, but=own.id if own is not None else 0)[room.seat.id]
    page = render_template(
        "bookings/room.html",
        space=spaces.shown(room.space),
        room=room.seat,
        here=room.address,
        is_there=is_there,
        booking=views.booking(own, room.space) if own is not None else None,
        uuid=_uuid_of(refusal),
        date=day,
        today=today,
        days=[_day(room.space, one) for one in shown.days],
        shown=shown,
        starts=[] if is_there else [_clock(slot) for slot in free],
        ends=[_clock(slot + 1) for slot in free],
        frames=_frames(free),
        values=_values(refusal, own if own is not None and own.date == day else None, free),
        price_cents=room.space.half_hour_price_cents,
        payers=_payers(room, day),
        paid=paying.paid(own, room.space, day, now=now) if own is not None else None,
        errors=problems.field_sentences(refusal) if refusal else {},
        refusal=views.refusal(refusal, room.space, views.When(day, "day"), now=now) if refusal else None,
    )
    return page, refusal.status if refusal else 200


def _payers(room: Room, day: date) -> list[paying.Way]:
    """Return who may pay besides the person. Whoever pays for a booking goes on paying when it is changed."""
    if room.own is not None:
        return []
    found = paying.ways_of_room(room.space, day, person_id=access.signed_in().person_id)
    return [way for way in found if way.can_pay] if len(found) > 1 else []


def _uuid_of(refusal: DomainError | None) -> uuid.UUID:
    try:
        return uuid.UUID(request.form["uuid"] if refusal and refusal.code not in views.WITH_NEW_UUID else "")
    except (KeyError, ValueError):
        return uuid.uuid4()


def _day(space: SpaceFacts, day: date) -> dict[str, Any]:
    return {"date": day, "is_open": not isinstance(space.opening(day), Closed)}


def _clock(slot: int) -> str:
    return f"{slot * HALF_HOUR // 60:02}:{slot * HALF_HOUR % 60:02}"


def _frames(free: list[int]) -> list[tuple[str, str]]:
    """Say free half-hours in a row as one frame of time."""
    frames: list[list[int]] = []
    for slot in free:
        if frames and frames[-1][1] == slot:
            frames[-1][1] = slot + 1
        else:
            frames.append([slot, slot + 1])
    return [(_clock(first), _clock(last)) for first, last in frames]


def _values(refusal: DomainError | None, own: BookingFacts | None, free: list[int]) -> dict[str, str]:
    if refusal is not None and "from" in request.form:
        return {name: request.form.get(name, "") for name in ("from", "to", "payer")}
    if own is not None:
        return {"from": _clock(own.first_slot), "to": _clock(own.end_slot)}
    # An hour, when there is one.
    start = next((slot for slot in free if slot + 1 in free), free[0] if free else None)
    if start is None:
        return {}
    return {"from": _clock(start), "to": _clock(start + 2 if start + 1 in free else start + 1)}
