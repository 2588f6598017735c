"""Regular days: choose weekdays, see what would become of each day, book what works; cancel several at once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request
from werkzeug.datastructures import MultiDict

from app import access, clock, i18n, problems
from app.bookings import forms, operations, queries
from app.bookings.operations import Order, Result
from app.bookings.queries import DAYS_AHEAD, BookingFacts
from app.bookings.routes import blueprint, paying, views
from app.errors import N_, DomainError, InvalidInput
from app.funding.queries import SELF
from app.spaces import queries as spaces
from app.spaces.queries import Closed, SpaceFacts

WEEKS = 4
# Why a day does not work, in few words: it stands in a list.
SHORT = {
    "no_seat_free": N_("kein Platz mehr frei"),
    "already_booked": N_("da hast du schon einen Platz"),
    "too_late": N_("schon vorbei"),
    "too_early": N_("so weit im Voraus geht es noch nicht"),
    "too_many_open": N_("mehr als 20 offene Buchungen gehen nicht"),
    "used_up": N_("dafür ist nicht mehr genug übrig"),
}


@dataclass(frozen=True)
class Day:
    """What would become of one day: why not, or who pays (None = nobody else ever could), and the price on site.

    `is_wanted`: it works, and nobody pays themselves because somebody else has not enough left.
    """

    date: date
    obstacle: str | None
    is_closed: bool = False
    payer: str | None = None
    text: str | None = None
    passed: str | None = None
    own_cents: int | None = None

    @property
    def is_wanted(self) -> bool:
        return self.obstacle is None and (self.passed is None or self.payer != SELF)


@blueprint.get("/orte/<slug>/regelmaessig")
@access.person
def regular_page(slug: str) -> Any:
    return _page(_bookable(slug), {}, {})


@blueprint.post("/orte/<slug>/regelmaessig")
@access.person
def regular(slug: str) -> Any:
    """Show what would become of each day; nothing is stored."""
    space = _bookable(slug)
    try:
        return _page(space, _typed(), {}, _tried(space, forms.read_regular(request.form)))
    except DomainError as refusal:
        return _page(space, _typed(), _errors(refusal)), refusal.status


@blueprint.post("/orte/<slug>/regelmaessig/buchen")
@access.person
def book_regular(slug: str) -> Any:
    """Book the days that were ticked, each on the payer that the preview named."""
    space = _bookable(slug)
    try:
        form = forms.read_regular(request.form)
        if not form.dates:
            none = InvalidInput({"form": N_("Hake mindestens einen Tag an.")})
            return _page(space, _typed(), _errors(none), _tried(space, form)), none.status
        orders = [_order(form, space, day, form.payers.get(day)) for day in form.dates]
        person_id = access.signed_in().person_id
        return views.booked(space, operations.book_several(orders=orders, person_id=person_id, now=clock.now()))
    except DomainError as refusal:
        return _page(space, _typed(), _errors(refusal)), refusal.status


def _errors(refusal: DomainError) -> dict[str, str]:
    return problems.field_sentences(refusal) or {"form": problems.sentence(refusal)}


def _bookable(slug: str) -> SpaceFacts:
    space = spaces.directory().space(slug)
    if not space.is_bookable or not space.seats:
        raise operations.NotBookable
    return space


def _typed() -> dict[str, Any]:
    return {**request.form.to_dict(), "weekday": request.form.getlist("weekday")}


def _order(form: forms.RegularForm, space: SpaceFacts, day: date, payer: str | None) -> Order:
    return Order(form.uuid_for(day), space.slug, day, form.period, payer=payer or None)


def _tried(space: SpaceFacts, form: forms.RegularForm) -> list[Day]:
    """Ask the rules themselves, by booking and taking it back."""
    now = clock.now()
    last = clock.local_day(now, space.timezone) + timedelta(days=DAYS_AHEAD)
    days = [day for day in form.days if day <= last]
    if not days:
        raise operations.TooEarly
    orders = [_order(form, space, day, None) for day in days]
    results = operations.try_several(orders=orders, person_id=access.signed_in().person_id, now=now)
    return [_shown(each, space) for each in results]


def _shown(result: Result, space: SpaceFacts) -> Day:
    day, placed = result.order.date, result.placed
    if result.refusal is not None:
        opening = space.opening(day)
        if isinstance(opening, Closed) and result.refusal.code == "space_closed":
            return Day(day, opening.note or i18n.gettext("geschlossen"), is_closed=True)
        short = SHORT.get(result.refusal.code)
        return Day(day, i18n.gettext(short) if short else problems.sentence(result.refusal))
    if placed is None:  # booked before under this very form
        return Day(day, i18n.gettext("schon gebucht"))
    others = placed.payer.key != SELF or placed.passed is not None
    cents = placed.booking.price_cents and placed.payer.own_cents
    text = paying.say(placed.payer) if placed.payer.key != SELF else None
    return Day(day, None, payer=placed.payer.key if others else None, text=text, passed=placed.passed, own_cents=cents)


def _page(space: SpaceFacts, values: dict[str, Any], errors: dict[str, str], days: list[Day] | None = None) -> str:
    today = clock.local_day(clock.now(), space.timezone)
    first = spaces.next_open_day([space], today + timedelta(days=1))
    return render_template(
        "bookings/regular.html",
        space=spaces.shown(space),
        weekdays=sorted(space.hours),
        uuid=values.get("uuid") if days is not None else uuid.uuid4(),
        first_on=first,
        last_on=today + timedelta(days=DAYS_AHEAD),
        today=today,
        weeks=WEEKS,
        most_weeks=forms.MOST_WEEKS,
        price_cents=space.price_cents,
        values=values,
        errors=errors,
        days=days,
    )


@blueprint.get("/buchungen/absagen")
@access.person
def cancel_several_page() -> Any:
    return _several_page({})


@blueprint.post("/buchungen/absagen")
@access.person
def cancel_several() -> Any:
    """Cancel the bookings that were ticked."""
    try:
        uuids = forms.read_several(request.form).uuids
    except InvalidInput as refusal:
        return _several_page(problems.field_sentences(refusal)), refusal.status
    person_id = access.signed_in().person_id
    ended = operations.cancel_several(
        booking_uuids=uuids, person_id=person_id, now=clock.now(), present=views.present()
    )
    if not ended:
        over = operations.BookingOver()
        return _several_page({"booking": problems.sentence(over)}), over.status
    text = i18n.ngettext("Eine Buchung ist abgesagt.", "%(num)s Buchungen sind abgesagt.", len(ended))
    flash(f"{text} {i18n.gettext('Die Plätze sind wieder für andere frei.')}", "success")
    return redirect("/buchungen/absagen", 303)


def _several_page(errors: dict[str, str]) -> str:
    """Show all that is still to come, ticked where a stretch of days is named."""
    now = clock.now()
    stretch = _stretch(request.args)
    found = queries.open_bookings(access.signed_in().person_id, now=now)
    listed = [
        {**_facts(each), "is_ticked": stretch is not None and stretch[0] <= each.date <= stretch[1]} for each in found
    ]
    return render_template(
        "bookings/cancel_several.html",
        bookings=listed,
        first=request.args.get("von", ""),
        last=request.args.get("bis", ""),
        is_asked=stretch is not None,
        errors=errors,
    )


def _stretch(asked: MultiDict[str, str]) -> tuple[date, date] | None:
    """Return the first and the last day that an address names, in their order."""
    try:
        first = date.fromisoformat(asked.get("von", ""))
        last = date.fromisoformat(asked.get("bis") or first.isoformat())
    except ValueError:
        return None
    return min(first, last), max(first, last)


def _facts(booking: BookingFacts) -> dict[str, Any]:
    return views.booking(booking, spaces.directory().by_id[booking.space_id])
