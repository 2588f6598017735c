"""Seats of a space and what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request

from app import access, clock, i18n
from app.bookings import operations as bookings
from app.bookings import queries as booked
from app.checkins import queries as checkins
from app.errors import N_
from app.hosting.forms import hours as forms
from app.hosting.routes import answers, blueprint
from app.spaces import operations
from app.spaces import queries as spaces
from app.spaces.models import Seat

SEAT = ("name", "note", "rank", "capacity")
NEW = {"kind": "desk", "count": 1, "rank": 0}


@blueprint.get("/gastgeber/<slug>/plaetze")
@access.person
def show_seats(slug: str) -> str:
    space = spaces.kept_space(answers.hosted(slug).id)
    prices = {"half_day": _euros(space.price_cents), "half_hour": _euros(space.half_hour_price_cents)}
    return _seats_page(slug, prices, {})


@blueprint.post("/gastgeber/<slug>/preise")
@access.person
def change_prices(slug: str) -> Any:
    def change() -> None:
        half_day, half_hour = forms.read_prices(request.form)
        operations.change_prices(
            slug=slug, person_id=answers.me(), half_day_cents=half_day, half_hour_cents=half_hour, now=clock.now()
        )

    answers.hosted(slug)
    done = N_("Die Preise sind gespeichert. Sie gelten für alles, was ab jetzt gebucht wird.")
    return answers.answer(change, lambda *typed: _seats_page(slug, *typed), done, _own_page(slug))


@blueprint.route("/gastgeber/<slug>/plaetze/neu", methods=["GET", "POST"])
@access.person
def add_seats(slug: str) -> Any:
    def change() -> None:
        draft, kind = forms.read_new_seats(request.form)
        operations.add_seats(slug=slug, person_id=answers.me(), draft=draft, kind=kind, now=clock.now())

    answers.hosted(slug)
    if request.method == "GET":
        return _new_page(slug, NEW, {})
    done = N_("Neue Plätze sind da und können gebucht werden.")
    return answers.answer(change, lambda *typed: _new_page(slug, *typed), done, _own_page(slug))


@blueprint.route("/gastgeber/<slug>/plaetze/<int:number>", methods=["GET", "POST"])
@access.person
def change_seat(slug: str, number: int) -> Any:
    def change() -> None:
        draft = forms.read_seat(request.form)
        operations.change_seat(slug=slug, person_id=answers.me(), number=number, draft=draft, now=clock.now())

    seat = _seat(slug, number)
    if request.method == "GET":
        return _seat_page(slug, seat, {name: getattr(seat, name) for name in SEAT}, {})
    return answers.answer(change, lambda *typed: _seat_page(slug, seat, *typed), N_("Gespeichert."), _own_page(slug))


@blueprint.route("/gastgeber/<slug>/plaetze/<int:number>/entfernen", methods=["GET", "POST"])
@access.person
def retire_seat(slug: str, number: int) -> Any:
    """Say what would happen to what is booked; then do it in the way that was chosen."""

    def change() -> str:
        me, now = answers.me(), clock.now()
        if request.form.get("how") == "now":
            present = checkins.present
            return _told(bookings.vacate_seat(slug=slug, person_id=me, number=number, present=present, now=now))
        operations.retire_seat(slug=slug, person_id=me, number=number, now=now)
        return _told(bookings.Vacated())

    seat = _seat(slug, number)
    if seat.retired_on is not None:
        flash(
            i18n.gettext("Dieser Platz wird schon nicht mehr angeboten. Unten kannst du ihn wieder anbieten."),
            "success",
        )
        return redirect(_own_page(slug), 303)
    if request.method == "GET":
        return _retire_page(slug, seat, {})
    return answers.answer(change, lambda _, wrong: _retire_page(slug, seat, wrong), None, _own_page(slug))


def _told(done: bookings.Vacated) -> str:
    """Say what became of what was booked."""
    said = [i18n.gettext("Der Platz wird nicht mehr angeboten.")]
    if done.moved:
        moved = i18n.ngettext(
            "%(num)s Buchung hat jetzt einen anderen Platz.",
            "%(num)s Buchungen haben jetzt einen anderen Platz.",
            done.moved,
        )
        said.append(moved)
    if done.ended:
        said.append(i18n.ngettext("%(num)s Buchung ist abgesagt.", "%(num)s Buchungen sind abgesagt.", done.ended))
    if done.moved or done.ended:
        said.append(i18n.gettext("Die Leute bekommen gleich eine Nachricht."))
    return " ".join(said)


@blueprint.post("/gastgeber/<slug>/plaetze/<int:number>/anbieten")
@access.person
def restore_seat(slug: str, number: int) -> Any:
    def change() -> None:
        operations.restore_seat(slug=slug, person_id=answers.me(), number=number, now=clock.now())

    seat = _seat(slug, number)
    done = N_("Der Platz kann wieder gebucht werden.")
    return answers.answer(change, lambda _, wrong: _seat_page(slug, seat, {}, wrong), done, _own_page(slug))


def _own_page(slug: str) -> str:
    return f"/gastgeber/{slug}/plaetze"


def _euros(cents: int | None) -> str:
    return "" if cents is None else f"{cents // 100},{cents % 100:02}"


def _seat(slug: str, number: int) -> Seat:
    found = {seat.number: seat for seat in spaces.seats(answers.hosted(slug).id)}
    if number not in found:
        raise operations.NoSuchSeat
    return found[number]


def _seats_page(slug: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    space = answers.hosted(slug)
    seats = spaces.seats(space.id)
    return render_template(
        "hosting/seats.html",
        space=space,
        values=values,
        errors=errors,
        offered=[seat for seat in seats if seat.retired_on is None],
        retired=[seat for seat in seats if seat.retired_on is not None],
    )


def _new_page(slug: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    return render_template("hosting/new_seats.html", space=answers.hosted(slug), values=values, errors=errors)


def _seat_page(slug: str, seat: Seat, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    return render_template("hosting/seat.html", space=answers.hosted(slug), seat=seat, values=values, errors=errors)


def _retire_page(slug: str, seat: Seat, errors: dict[str, str]) -> str:
    facts = spaces.directory().by_id[answers.hosted(slug).id]
    gone = booked.seat_gone(facts, seat.number, now=clock.now())
    return render_template("hosting/retire.html", space=answers.hosted(slug), seat=seat, gone=gone, errors=errors)
