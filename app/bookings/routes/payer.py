"""Choose somebody else who pays for a booking."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request

from app import access, clock, i18n, problems
from app.bookings import operations, queries
from app.bookings.models import SETTLED
from app.bookings.queries import BookingFacts
from app.bookings.routes import blueprint, paying, views
from app.errors import N_, DomainError
from app.funding import queries as funding
from app.funding.queries import SELF
from app.spaces import queries as spaces

CHOSEN = N_("Gespeichert. Deinen Platz behältst du.")


@blueprint.get("/buchungen/<uuid:booking_uuid>/zahlen")
@access.person
def show_payers(booking_uuid: uuid.UUID) -> Any:
    return _page(booking_uuid, None)


@blueprint.post("/buchungen/<uuid:booking_uuid>/zahlen")
@access.person
def change_payer(booking_uuid: uuid.UUID) -> Any:
    person_id, payer = access.signed_in().person_id, request.form.get("payer", "")[:80]
    try:
        operations.change_payer(booking_uuid=booking_uuid, payer=payer, person_id=person_id, now=clock.now())
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        return _page(booking_uuid, refusal)
    flash(i18n.gettext(CHOSEN), "success")
    return redirect(f"/buchungen/{booking_uuid}/zahlen", 303)


def _fixed(booking: BookingFacts, now: datetime) -> DomainError | None:
    """Return why nobody else can pay any more, or None."""
    if not booking.is_open or booking.ends_at <= now:
        return operations.BookingOver()
    if booking.charge == SETTLED:
        return operations.AlreadySettled()
    return operations.PayerFixed() if queries.is_payer_fixed(booking, now=now) else None


def _page(booking_uuid: uuid.UUID, refusal: DomainError | None) -> Any:
    booking = queries.booking_of(access.signed_in().person_id, booking_uuid)
    now = clock.now()
    fixed = _fixed(booking, now)
    refusal = refusal or fixed
    found = [] if fixed else [each for each in funding.payers(queries.service_of(booking)) if each.lacks is None]
    chosen = booking.payer or SELF
    space = spaces.directory().by_id[booking.space_id]
    late = queries.unpaid(booking.id)
    page = render_template(
        "bookings/payer.html",
        booking=views.booking(booking, space),
        payers=[(each.key, paying.say(each)) for each in found if each.key != chosen],
        present=funding.payer_name(booking.payer) if booking.payer else None,
        price_cents=booking.price_cents,
        late=late,
        decide_at=late.decide_by.astimezone(clock.zone(space.timezone)) if late else None,
        refusal={"message": problems.sentence(refusal), "alternatives": []} if refusal else None,
    )
    return page, refusal.status if refusal else 200
