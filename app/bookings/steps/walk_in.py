"""Seating somebody who walked in: a booking with a label instead of a person."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app import transaction
from app.bookings import queries
from app.bookings.models import PERIODS
from app.bookings.steps.inserting import NewBooking
from app.bookings.steps.seats import SeatTaken, insert_booking
from app.spaces import queries as spaces
from app.spaces.queries import Closed, Opening, SeatFacts, SpaceFacts


@dataclass(frozen=True)
class WalkIn:
    """Who sits where since when: `label` stands for the person, `seat` is the number the host gave them."""

    uuid: uuid.UUID
    label: str
    space_id: int
    date: date
    seat: int
    at: datetime


def seat(walk_in: WalkIn) -> str | None:
    """Book a desk for the rest of the day, else for the present half-day; the day must be locked.

    When the desk was sold meanwhile, another one is taken. Returns why there is no booking: "space_closed",
    "seat_taken" (nothing is free), or None when there is one.
    """
    space = spaces.directory().by_id.get(walk_in.space_id)
    opening = space.opening(walk_in.date) if space else Closed("gone")
    if space is None or isinstance(opening, Closed):
        return "space_closed"
    free = _free(walk_in, space, _choices(walk_in, space, opening))
    if free is None:
        return "seat_taken"
    _insert(walk_in, space, opening, *free)
    return None


def _choices(walk_in: WalkIn, space: SpaceFacts, opening: Opening) -> Sequence[range]:
    is_morning = walk_in.at < queries.moments(space, opening, walk_in.date, PERIODS["morning"])[1]
    return (PERIODS["day"], PERIODS["morning"]) if is_morning else (PERIODS["afternoon"],)


def _free(walk_in: WalkIn, space: SpaceFacts, choices: Sequence[range]) -> tuple[SeatFacts, range] | None:
    """Find the seat that was asked for, else any; each rather for longer."""
    taken = {slots: queries.taken_seats(space.id, walk_in.date, slots) for slots in choices}
    asked = [each for each in space.seats if each.number == walk_in.seat]
    for seats in (asked, space.seats):
        for slots in choices:
            for each in seats:
                if each.id not in taken[slots]:
                    return each, slots
    return None


def _insert(walk_in: WalkIn, space: SpaceFacts, opening: Opening, chosen: SeatFacts, slots: range) -> None:
    starts_at, ends_at = queries.moments(space, opening, walk_in.date, slots)
    new = NewBooking(
        uuid=walk_in.uuid,
        request_digest="",
        person_id=None,
        space_id=space.id,
        seat_id=chosen.id,
        date=walk_in.date,
        kind=chosen.kind,
        first_slot=slots.start,
        end_slot=slots.stop,
        starts_at=starts_at,
        ends_at=ends_at,
        price_cents=None if space.price_cents is None else space.price_cents * len(slots),
        label=walk_in.label,
    )
    try:
        # It was made when the host said so, which may be long before it arrives.
        insert_booking(new, now=walk_in.at)
    except SeatTaken as error:
        raise transaction.Again from error
