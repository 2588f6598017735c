"""Getting in: code, Wi-Fi and emergency contact of a booking, and the button that opens the door."""

from __future__ import annotations

import uuid
from typing import Any

from flask import current_app, flash, make_response, redirect, render_template

from app import access, clock, i18n, problems
from app.bookings import queries
from app.bookings.queries import BookingFacts, Entrance
from app.bookings.routes import blueprint, views
from app.errors import N_, DomainError
from app.spaces import queries as spaces
from app.spaces import steps as doors


class NotNow(DomainError):
    """Doors open from half an hour before a booking until its end."""

    code = "door_not_now"
    message = N_("Die Tür öffnet sich nur von 30 Minuten vor deiner Buchung bis zu ihrem Ende.")


@blueprint.get("/buchungen/<uuid:booking_uuid>/tuer")
@access.person
def show_door(booking_uuid: uuid.UUID) -> Any:
    return _page(*_entrance(booking_uuid), None)


@blueprint.post("/buchungen/<uuid:booking_uuid>/tuer")
@access.person
def open_door(booking_uuid: uuid.UUID) -> Any:
    """Ask the door to open."""
    booking, entrance = _entrance(booking_uuid)
    now = clock.now()
    settings = current_app.config["NAHPLATZ"]
    try:
        if entrance is None or entrance.door is None or not entrance.door.opens or not entrance.is_shown(now):
            raise NotNow
        doors.open_door(
            entrance.door,
            booking=booking.uuid,
            space=booking.space_slug,
            is_loopback_allowed=settings.door_loopback,
            now=now,
        )
    except DomainError as refusal:
        return _page(booking, entrance, refusal)
    flash(i18n.gettext("Die Tür ist offen. Komm rein!"), "success")
    return redirect(f"/buchungen/{booking_uuid}/tuer", 303)


def _entrance(booking_uuid: uuid.UUID) -> tuple[BookingFacts, Entrance | None]:
    booking = queries.booking_of(access.signed_in().person_id, booking_uuid)
    return booking, queries.entrances([booking], now=clock.now()).get(booking.id)


def _page(booking: BookingFacts, entrance: Entrance | None, refusal: DomainError | None) -> Any:
    space = spaces.directory().by_id[booking.space_id]
    zone = clock.zone(space.timezone)
    is_shown = entrance is not None and entrance.is_shown(clock.now())
    page = render_template(
        "bookings/door.html",
        booking=views.booking(booking, space),
        shown_from=entrance.shown_from.astimezone(zone) if entrance else None,
        door=entrance.door.told() if entrance and entrance.door and is_shown else None,
        is_live=booking.is_open and booking.released_at is None and booking.ends_at > clock.now(),
        has_host=spaces.has_host(space.id),
        refusal={"message": problems.sentence(refusal), "alternatives": []} if refusal else None,
    )
    response = make_response(page, refusal.status if refusal else 200)
    response.headers["Cache-Control"] = "no-store"
    return response
