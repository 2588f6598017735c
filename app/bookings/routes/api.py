"""Bookings as JSON."""

from __future__ import annotations

import hashlib
import uuid
from operator import attrgetter

from flask import Response

from app import access, api, clock
from app.bookings import operations, queries
from app.bookings.models import HOURS
from app.bookings.operations import Order
from app.bookings.routes import blueprint, views
from app.bookings.schemas import (
    AvailabilityOut,
    AvailabilityQuery,
    BookingOut,
    EmptyIn,
    OrderIn,
    SeatIn,
    booking_out,
)
from app.spaces import queries as spaces

REFUSALS = (400, 401, 403, 404, 409, 413, 415, 422, 503)


@blueprint.get("/api/v1/availability")
@access.public
@api.describe(query=AvailabilityQuery, answer=AvailabilityOut, errors=(404, 422, 503), etag=True, security=[])
def availability() -> Response:
    """Free seats by space and day."""
    asked = api.read_query(AvailabilityQuery)
    now = clock.now()
    state = queries.availability_state(asked.date, asked.days)
    # A half-day that ends changes the answer without any booking, hence the quarter hour.
    text = f"{asked!r}|{state}|{now.date()}|{now.hour}|{now.minute // 15}"
    etag = hashlib.sha256(text.encode()).hexdigest()[:20]
    unchanged = api.not_modified(etag)
    if unchanged is not None:
        return _open_to_all(unchanged)
    directory = spaces.directory(state.spaces)
    if asked.space is not None:
        directory.space(asked.space)
    chosen = [
        space
        for space in directory.bookable
        if asked.space in {None, space.slug} and asked.town in {None, space.town_slug}
    ]
    period: str = asked.period
    if asked.kind == "desk":
        free = queries.free_seats(chosen, asked.date, asked.days, now=now, state=state)
        of_period = attrgetter(period)
        shown = [{"slug": space.slug, "free": [of_period(day) for day in free[space.id]]} for space in chosen]
    else:
        period = HOURS
        wanted = queries.Wanted(asked.kind, asked.half_hours)
        rooms = queries.free_rooms(chosen, asked.date, asked.days, wanted, now=now)
        shown = [{"slug": space.slug, "free": rooms[space.id]} for space in chosen]
    body = {"date_from": asked.date.isoformat(), "days": asked.days, "period": period, "spaces": shown}
    response = api.respond(body)
    response.set_etag(etag)
    return _open_to_all(response)


def _open_to_all(response: Response) -> Response:
    """Let other sites read what is public, and let caches ask again every time."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, no-cache"
    return response


@blueprint.put("/api/v1/bookings/<uuid:booking_uuid>")
@access.person
@api.describe(json=OrderIn, answer=BookingOut, status=(200, 201), errors=REFUSALS)
def put_booking(booking_uuid: uuid.UUID) -> Response:
    """Book a seat under a uuid that the caller made. The same call again answers the present state."""
    asked = api.read(OrderIn)
    order = Order(
        booking_uuid, asked.space, asked.date, asked.period or HOURS, asked.seat, asked.half_hours, asked.payer
    )
    result = operations.book(order=order, person_id=access.signed_in().person_id, now=clock.now())
    assert result.booking is not None  # noqa: S101 - book refuses by raising
    return api.respond(booking_out(result.booking), 201 if result.is_new else 200)


@blueprint.post("/api/v1/bookings/<uuid:booking_uuid>/cancellation")
@access.person
@api.describe(json=EmptyIn, answer=BookingOut, errors=REFUSALS)
def post_cancellation(booking_uuid: uuid.UUID) -> Response:
    """Cancel a booking. The same call again answers the present state."""
    api.read(EmptyIn)
    person_id = access.signed_in().person_id
    operations.cancel(booking_uuid=booking_uuid, person_id=person_id, now=clock.now(), present=views.present())
    return api.respond(booking_out(queries.booking_of(person_id, booking_uuid)))


@blueprint.post("/api/v1/bookings/<uuid:booking_uuid>/seat")
@access.person
@api.describe(json=SeatIn, answer=BookingOut, errors=REFUSALS)
def post_seat(booking_uuid: uuid.UUID) -> Response:
    """Move a booking to another seat of the same space and day."""
    seat = api.read(SeatIn).seat
    person_id = access.signed_in().person_id
    operations.change_seat(booking_uuid=booking_uuid, seat=seat, person_id=person_id, now=clock.now())
    return api.respond(booking_out(queries.booking_of(person_id, booking_uuid)))
