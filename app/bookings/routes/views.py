"""What the booking pages show, put together from queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import current_app, flash, redirect

from app import clock, i18n, problems
from app.bookings import operations, queries
from app.bookings.models import PERIODS
from app.bookings.operations import Present, Result
from app.bookings.queries import BookingFacts, Free
from app.bookings.routes import paying
from app.errors import N_, DomainError, InvalidInput
from app.spaces import queries as spaces
from app.spaces.queries import Closed, Opening, SpaceFacts

# Fields that have a place for their sentence in the form.
SHOWN_FIELDS = {"date", "period", "seat"}
# After these the form is not the same order any more.
WITH_NEW_UUID = {"uuid_reused", "booking_cancelled"}
WITH_ALTERNATIVES = {"no_seat_free", "seat_taken", "space_closed", "too_late", "too_early", "not_bookable"}
PERIOD_WORDS = {"morning": N_("vormittags"), "afternoon": N_("nachmittags"), "day": N_("ganztags")}


@dataclass(frozen=True)
class When:
    """A day and the part of it that somebody looks at."""

    date: date
    period: str


def present() -> Present:
    """Return what tells who is there: check-ins know it, and stand above."""
    asked: Present = current_app.extensions["present"]
    return asked


def is_there(facts: BookingFacts) -> bool:
    """Whether somebody has checked in for a booking."""
    return facts.id in present()([facts.id])


def period_or(text: str | None, default: str = "day") -> str:
    return text if text in PERIODS else default


def booking(facts: BookingFacts, at: SpaceFacts) -> dict[str, Any]:
    zone = clock.zone(at.timezone)
    return {
        "uuid": str(facts.uuid),
        "date": facts.date,
        "period": facts.period,
        "starts_at": facts.starts_at.astimezone(zone),
        "ends_at": facts.ends_at.astimezone(zone),
        "seat": {"number": facts.seat_number, "name": facts.seat_name},
        "space": spaces.shown(at),
    }


def choice(
    at: SpaceFacts, when: When, *, person_id: int, now: datetime, own: BookingFacts | None = None
) -> dict[str, Any]:
    """Return days, periods and seats of a space to choose from; the seats of `own` count as free."""
    day, period = when.date, when.period
    today = clock.local_day(now, at.timezone)
    shown = queries.fortnight(day, today, [at])
    free = queries.free_seats([at], shown.days[0], len(shown.days), now=now)[at.id]
    listed = dict(zip(shown.days, free, strict=True))
    others = [b for b in queries.open_bookings(person_id, now=now) if own is None or b.uuid != own.uuid]
    held = {b.date for b in others if b.meets(period)}
    seats, seat, reason = _seats(at, when, person_id, own)
    error = _obstacle(at, when, today, listed.get(day, queries.CLOSED))
    is_kept = own is not None and (own.date, own.period) == (day, period)
    return {
        "obstacle": obstacle(error, at, when, now=now) if error is not None and not is_kept else None,
        "date": day,
        "period": period,
        "today": today,
        "periods": [_period(at, day, name, listed.get(day, queries.CLOSED), own) for name in PERIODS],
        "seats": seats,
        "seat": seat,
        "seat_reason": reason,
        "days": [_day(at, one, counts.of(period), is_mine=one in held) for one, counts in listed.items()],
        "shown": shown,
        "mine": next((_held(b, at) for b in others if b.date == day and b.meets(period)), None),
        "mine_periods": {name for b in others if b.date == day for name in PERIODS if b.meets(name)},
        "price_cents": None if at.price_cents is None else at.price_cents * len(PERIODS[period]),
    }


def who_pays(at: SpaceFacts, when: When, key: str | None, *, person_id: int) -> dict[str, Any]:
    """Return who may pay to choose from, none where only the person can, and who is chosen."""
    found = paying.ways(at, when.date, when.period, person_id=person_id)
    return {"payers": found if len(found) > 1 else [], "payer": paying.chosen(found, key)}


def _obstacle(at: SpaceFacts, when: When, today: date, free: Free) -> DomainError | None:
    """Return why nobody can book then, whatever is taken."""
    if when.date > today + timedelta(days=queries.DAYS_AHEAD):
        return operations.TooEarly()
    if when.date < today:
        return operations.TooLate()
    if isinstance(at.opening(when.date), Closed):
        return operations.SpaceClosed()
    return operations.TooLate() if free.of(when.period) is None else None


def obstacle(error: DomainError, at: SpaceFacts, when: When, *, now: datetime) -> dict[str, Any]:
    """Say before anything is sent why a day cannot be booked, as `refusal` would; `note` is the reason for closing."""
    opening = at.opening(when.date)
    note = opening.note if error.code == "space_closed" and isinstance(opening, Closed) else None
    return {**(refusal(error, at, when, now=now) or {}), "note": note}


def _held(held: BookingFacts, at: SpaceFacts) -> dict[str, Any]:
    """Say where the person has a desk already at the time that is looked at."""
    return {**booking(held, spaces.directory().by_id[held.space_id]), "is_here": held.space_id == at.id}


def _seats(
    at: SpaceFacts, when: When, person_id: int, own: BookingFacts | None
) -> tuple[list[dict[str, Any]], dict[str, Any] | None, str | None]:
    taken = queries.taken_seats(at.id, when.date, PERIODS[when.period], but=own.id if own is not None else 0)
    is_open = isinstance(at.opening(when.date), Opening)
    seats = [{"number": s.number, "name": s.name, "is_free": is_open and s.id not in taken} for s in at.seats]
    usable = [s for s in at.seats if is_open and s.id not in taken]
    last = own.seat_id if own is not None else queries.last_seat(person_id, at.id)
    seat = next((s for s in usable if s.id == last), usable[0] if usable else None)
    if seat is None:
        return seats, None, None
    return seats, {"number": seat.number, "name": seat.name}, "last" if seat.id == last else "best"


def _period(at: SpaceFacts, day: date, name: str, free: Free, own: BookingFacts | None) -> dict[str, Any]:
    opening = at.opening(day)
    count = free.of(name)
    if own is not None and own.date == day and count is not None:
        count += len(set(PERIODS[name]) & set(range(own.first_slot, own.end_slot))) > 0
    if isinstance(opening, Closed):
        return {"key": name, "free": None, "opens": None, "closes": None}
    first = opening.splits if name == "afternoon" else opening.opens
    last = opening.splits if name == "morning" else opening.closes
    return {"key": name, "free": count, "opens": _clock(first), "closes": _clock(last)}


def _day(at: SpaceFacts, day: date, free: int | None, *, is_mine: bool) -> dict[str, Any]:
    opening = at.opening(day)
    note = opening.note if isinstance(opening, Closed) else None
    return {"date": day, "is_open": isinstance(opening, Opening), "note": note, "free": free, "is_mine": is_mine}


def _clock(minute: int) -> time:
    """Return a time of day; the end of the day is 00:00, which pages write as 24:00 where something ends."""
    return time(minute // 60 % 24, minute % 60)


def refusal(error: DomainError, at: SpaceFacts, when: When, *, now: datetime) -> dict[str, Any] | None:
    """Say a refusal with up to three things that would work instead; None when it is about single fields."""
    if isinstance(error, InvalidInput) and error.fields.keys() <= SHOWN_FIELDS:
        return None
    if error.code == "place_closed":
        ways = queries.nearby(at, when.date, when.period, among=spaces.directory().bookable, now=now)
    else:
        ways = queries.alternatives(at, when.date, when.period, now=now) if error.code in WITH_ALTERNATIVES else []
    return {
        "message": problems.sentence(error),
        "code": error.code,
        "alternatives": [{"text": _way(way, at), "href": way.path} for way in ways],
    }


def booked(at: SpaceFacts, results: Sequence[Result]) -> Any:
    """Go on to the person's bookings; say which days did not work and why.

    Refuses: when nothing is booked, what the first day was refused with; `BookingCancelled` when none was, because the
    same form was sent again after a cancellation.
    """
    made = [result.booking for result in results if result.booking is not None and result.booking.is_open]
    refused = [(result.order.date, result.refusal) for result in results if result.refusal is not None]
    if not made:
        raise refused[0][1] if refused else operations.BookingCancelled()
    for day, why in refused:
        flash(f"{i18n.format_day(day, i18n.gettext('EEEE, d. MMMM'))}: {problems.sentence(why)}", "warning")
    if refused:
        return redirect(f"/orte/{at.slug}/gebucht?neu={made[0].uuid}&anzahl={len(made)}", 303)
    return redirect(f"/meine?{urlencode([('neu', each.uuid) for each in made])}", 303)


def unchanged(booked: BookingFacts) -> Any:
    """Lead back to the form of a change that asked for what is booked already."""
    flash(i18n.gettext("Nichts geändert. Deine Buchung bleibt, wie sie war."), "info")
    return redirect(f"/buchungen/{booked.uuid}/aendern", 303)


def _way(way: queries.Alternative, at: SpaceFacts) -> str:
    day = i18n.format_day(way.date, i18n.gettext("EEE, d. MMM"))
    text = f"{day}, {i18n.gettext(PERIOD_WORDS[way.period])}"
    return text if way.space.id == at.id else f"{way.space.name}: {text}"
