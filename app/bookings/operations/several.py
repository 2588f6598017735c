"""Several days at once: book them, see first what would become of each, cancel them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app import transaction
from app.bookings import models, queries, steps
from app.bookings.models import BookingSlot
from app.bookings.operations.booking import Placing, place
from app.bookings.operations.closing import Present, nobody
from app.bookings.operations.orders import Order, Result, is_repetition
from app.bookings.queries import BookingFacts
from app.bookings.steps import AlreadyBooked, Placed
from app.errors import DomainError
from app.extensions import db
from app.people import steps as people
from app.people.steps import LockedPerson
from app.spaces import queries as spaces
from app.spaces.queries import SpaceFacts


@transaction.write
def book_several(*, orders: Sequence[Order], person_id: int, now: datetime) -> list[Result]:
    """Book several days of one space at once: what can be booked is, the rest says why not. Refuses: `UnknownSpace`."""
    space, person = _locked(orders, person_id)
    results, made = _place_each(orders, space, person_id, now)
    if made:
        steps.tell_made(made, person, space, now=now)
    return results


@transaction.trial
def try_several(*, orders: Sequence[Order], person_id: int, now: datetime) -> list[Result]:
    """Return what `book_several` would do now. Nothing of it stays. Refuses: `UnknownSpace`."""
    space, _ = _locked(orders, person_id)
    results, _ = _place_each(orders, space, person_id, now)
    return results


@transaction.write
def cancel_several(
    *, booking_uuids: Sequence[uuid.UUID], person_id: int, now: datetime, present: Present = nobody
) -> list[BookingFacts]:
    """Cancel several bookings at once and give their seats back. Returns those that were still open.

    What has ended meanwhile is left as it is. Refuses: `UnknownBooking`.
    """
    known = [queries.booking_of(person_id, each) for each in dict.fromkeys(booking_uuids)]
    steps.lock_days((each.date, each.space_id) for each in known)
    person = people.lock(person_id)
    found = [queries.booking_of(person_id, each.uuid) for each in known]
    ending = [each for each in found if each.is_open and each.ends_at > now]
    there = set(present([each.id for each in ending]))
    steps.call_off([each.id for each in ending if each.id in there], reason=models.CANCELLED, now=now)
    steps.end([each.id for each in ending if each.id not in there], reason=models.CANCELLED, now=now)
    if ending:
        steps.tell_several_cancelled(ending, person, spaces.directory().by_id, now=now)
    return ending


def _locked(orders: Sequence[Order], person_id: int) -> tuple[SpaceFacts, LockedPerson]:
    space = spaces.directory().space(orders[0].space)
    steps.lock_days((order.date, space.id) for order in orders)
    return space, people.lock(person_id)


def _place_each(
    orders: Sequence[Order], space: SpaceFacts, person_id: int, now: datetime
) -> tuple[list[Result], list[Placed]]:
    """Place what can be placed.

    With all days and the person locked nothing comes between, so a taken seat is seen before its insert and another
    one chosen; the keys stay the last guard.
    """
    results: list[Result] = []
    made: list[Placed] = []
    for order in orders:
        try:
            if is_repetition(order, person_id):
                results.append(Result(order, queries.booking_of(person_id, order.uuid)))
                continue
            _check_person_free(order, person_id)
            made.append(place(order, space, person_id, now=now, how=Placing(is_flexible=True)))
            results.append(Result(order, made[-1].booking, made[-1]))
        except DomainError as refusal:
            if refusal.__cause__ is not None:  # told by a key, which has ended the transaction
                raise
            results.append(Result(order, refusal=refusal))
    return results, made


def _check_person_free(order: Order, person_id: int) -> None:
    held = select(BookingSlot.slot).where(
        BookingSlot.person_id == person_id, BookingSlot.date == order.date, BookingSlot.slot.in_(order.slots)
    )
    if db.session.execute(held).first() is not None:
        raise AlreadyBooked
