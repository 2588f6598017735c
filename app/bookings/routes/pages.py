"""The booking forms: book, change, cancel; and the calendar file."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, current_app, redirect, render_template, request

from app import access, calendars, clock, problems
from app.bookings import forms, operations, queries
from app.bookings.models import CLOSED
from app.bookings.operations import Order
from app.bookings.queries import BookingFacts
from app.bookings.routes import blueprint, paying, rooms, views
from app.errors import DomainError
from app.funding.queries import SELF
from app.spaces import queries as spaces
from app.spaces.queries import SpaceFacts

# Where the phone leads too (pwa/ui/bookings.js).
DIRECTIONS = "https://www.openstreetmap.org/directions?to="


@blueprint.get("/orte/<slug>/buchen")
@access.person
def book_page(slug: str) -> Any:
    space = spaces.directory().space(slug)
    if not space.is_bookable:
        raise operations.NotBookable
    return _book_page(space, {}, None)


@blueprint.post("/orte/<slug>/buchen")
@access.person
def book(slug: str) -> Any:
    space = spaces.directory().space(slug)
    try:
        form = forms.read(request.form)
        seat = form.seat
        orders = [Order(form.uuid_for(day), slug, day, form.period, seat, payer=form.payer) for day in form.dates]
        person_id = access.signed_in().person_id
        if len(orders) == 1:
            results = [operations.book(order=orders[0], person_id=person_id, now=clock.now())]
        else:
            results = operations.book_several(orders=orders, person_id=person_id, now=clock.now())
        return views.booked(space, results)
    except DomainError as refusal:
        return _book_page(space, {**request.form.to_dict(), "date": request.form.getlist("date")}, refusal)


@blueprint.get("/orte/<slug>/gebucht")
@access.person
def booked_page(slug: str) -> Any:
    """What of several days worked and what did not; the days that did not are in the notices above."""
    space = spaces.directory().space(slug)
    count = request.args.get("anzahl", "1")
    return render_template(
        "bookings/booked.html",
        space=spaces.shown(space),
        count=int(count) if count.isdecimal() and len(count) < 3 else 1,
        uuid=request.args.get("neu", ""),
    )


def _book_page(space: SpaceFacts, values: dict[str, Any], refusal: DomainError | None) -> Any:
    """Show the form, with what was typed and what would work instead. `refusal` decides the status."""
    now = clock.now()
    person_id = access.signed_in().person_id
    today = clock.local_day(now, space.timezone)
    typed = values.get("date") or [request.args.get("date")]
    day = forms.day_or(typed[0], spaces.next_open_day([space], today))
    period = views.period_or(values.get("period") or request.args.get("period"))
    payer = values.get("payer") or request.args.get("payer")
    model = views.choice(space, views.When(day, period), person_id=person_id, now=now)
    model |= views.who_pays(space, views.When(day, period), payer, person_id=person_id)
    page = render_template(
        "bookings/book.html",
        space=spaces.shown(space),
        uuid=_uuid_or_new(None if refusal and refusal.code in views.WITH_NEW_UUID else values.get("uuid")),
        values=values if refusal else {},
        errors=problems.field_sentences(refusal) if refusal else {},
        refusal=views.refusal(refusal, space, views.When(day, period), now=now) if refusal else None,
        **model,
    )
    return page, refusal.status if refusal else 200


def _uuid_or_new(text: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return uuid.uuid4()


@blueprint.get("/buchungen/<uuid:booking_uuid>")
@access.person
def show(booking_uuid: uuid.UUID) -> str:
    """One booking and all that can be done with it; a tap on a reminder opens this."""
    booking = queries.booking_of(access.signed_in().person_id, booking_uuid)
    space = spaces.directory().by_id[booking.space_id]
    is_ended = not booking.is_open or booking.released_at is not None
    is_today = booking.date == clock.local_day(clock.now(), space.timezone)
    return render_template(
        "bookings/show.html",
        booking=views.booking(booking, space),
        is_ended=is_ended,
        is_running=not is_ended and booking.ends_at > clock.now(),
        is_today=is_today,
        arrival=space.arrival,
        is_there=views.is_there(booking),
        route=None if space.lat is None else f"{DIRECTIONS}{space.lat}%2C{space.lon}",
    )


@blueprint.route("/buchungen/<uuid:booking_uuid>/absagen", methods=["GET", "POST"])
@access.person
def cancel(booking_uuid: uuid.UUID) -> Any:
    person_id = access.signed_in().person_id
    refusal = None
    if request.method == "POST":
        try:
            present = views.present()
            operations.cancel(booking_uuid=booking_uuid, person_id=person_id, now=clock.now(), present=present)
        except operations.BookingOver as over:
            refusal = over
        else:
            return redirect(f"/meine?abgesagt={booking_uuid}", 303)
    booking = queries.booking_of(person_id, booking_uuid)
    space = spaces.directory().by_id[booking.space_id]
    if booking.ended_reason == CLOSED:
        refusal = operations.PlaceClosed()
    shown = (
        views.refusal(refusal, space, views.When(booking.date, booking.period), now=clock.now()) if refusal else None
    )
    is_there = booking.is_open and views.is_there(booking)
    page = render_template(
        "bookings/cancel.html", booking=views.booking(booking, space), is_there=is_there, refusal=shown
    )
    return page, refusal.status if refusal else 200


@blueprint.route("/buchungen/<uuid:booking_uuid>/aendern", methods=["GET", "POST"])
@access.person
def change(booking_uuid: uuid.UUID) -> Any:
    person_id = access.signed_in().person_id
    booking = queries.booking_of(person_id, booking_uuid)
    if booking.seat_kind != "desk":
        return rooms.change(booking)
    if request.method == "GET":
        return _change_page(booking, None)
    try:
        values = request.form.copy()
        # The new booking's uuid follows from the old one and the wish, so a form sent twice moves once.
        wish = f"{request.form.get('date')}|{request.form.get('period')}"
        values["uuid"] = str(uuid.uuid5(booking_uuid, wish))
        form = forms.read(values)
        # Who pays goes on paying: nothing of that changes unseen.
        payer = booking.payer or SELF
        order = Order(form.uuid, booking.space_slug, form.dates[0], form.period, form.seat, payer=payer)
        changed = operations.change(
            booking_uuid=booking_uuid, order=order, person_id=person_id, now=clock.now(), present=views.present()
        )
    except DomainError as refusal:
        return _change_page(booking, refusal)
    after = queries.booking_of(person_id, changed)
    if not after.is_open:  # sent again after it was cancelled
        return _change_page(booking, operations.BookingOver())
    if (after.uuid, after.seat_id) == (booking.uuid, booking.seat_id):
        return views.unchanged(booking)
    return redirect(f"/meine?neu={changed}&geaendert=1", 303)


def _change_page(booking: BookingFacts, refusal: DomainError | None) -> Any:
    now = clock.now()
    space = spaces.directory().by_id[booking.space_id]
    asked = request.form if request.method == "POST" else request.args
    day = forms.day_or(asked.get("date"), booking.date)
    period = views.period_or(asked.get("period") or booking.period)
    is_there = booking.is_open and views.is_there(booking)
    if is_there:
        day, period = booking.date, booking.period
    if booking.ended_reason == CLOSED:
        refusal = operations.PlaceClosed()
    elif refusal is None and (not booking.is_open or booking.ends_at <= now):
        refusal = operations.BookingOver()
    page = render_template(
        "bookings/change.html",
        booking=views.booking(booking, space),
        is_there=is_there,
        is_move=(day, period) != (booking.date, booking.period),
        has_host=spaces.has_host(space.id),
        paid=paying.paid(booking, space, day, now=now),
        values=request.form.to_dict() if refusal else {},
        errors=problems.field_sentences(refusal) if refusal else {},
        refusal=views.refusal(refusal, space, views.When(day, period), now=now) if refusal else None,
        **views.choice(space, views.When(day, period), person_id=booking.person_id, now=now, own=booking),
    )
    return page, refusal.status if refusal else 200


@blueprint.get("/buchungen/<uuid:booking_uuid>.ics")
@access.person
def calendar(booking_uuid: uuid.UUID) -> Response:
    """The booking as a calendar entry; fetched again after a change it updates itself (UID and SEQUENCE)."""
    booking = queries.booking_of(access.signed_in().person_id, booking_uuid)
    space = spaces.directory().by_id[booking.space_id]
    named = queries.calendar_names([booking])[booking.id]
    event = calendars.event(queries.appointment(booking, space, named), current_app.config["NAHPLATZ"].public_url)
    body = calendars.write([event])
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="nahplatz-{booking.date}.ics"'
    return response
