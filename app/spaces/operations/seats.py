"""Seats of a space and what they cost."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import func, select

from app import clock, transaction
from app.errors import N_, DomainError
from app.extensions import db
from app.spaces import steps
from app.spaces.models import Seat

MOST_SEATS = 200


@dataclass(frozen=True)
class SeatDraft:
    """What can be said about a seat besides its number and its kind. `capacity`: of a room, how many people."""

    name: str
    note: str | None
    rank: int
    capacity: int | None


class NoSuchSeat(DomainError):
    """The space has no seat of that number."""

    code = "no_such_seat"
    status = 404
    message = N_("Diesen Platz gibt es hier nicht. Schau in der Liste der Plätze nach.")


class TooManySeats(DomainError):
    """A limit, so that a slip of the finger fills no screen."""

    code = "too_many_seats"
    message = N_("Mehr als 200 Plätze an einem Ort gehen hier nicht.")


@transaction.write
def add_seats(*, slug: str, person_id: int, draft: SeatDraft, kind: tuple[str, int], now: datetime) -> list[int]:
    """Add seats of a kind (its name and how many), numbered on from the highest number. Returns the numbers.

    Refuses: `UnknownSpace`, `TooManySeats`.
    """
    kept = steps.lock_hosted(slug, person_id)
    last, there = db.session.execute(
        select(func.coalesce(func.max(Seat.number), 0), func.count()).where(Seat.space_id == kept.space.id)
    ).one()
    if there + kind[1] > MOST_SEATS:
        raise TooManySeats
    numbers = list(range(last + 1, last + 1 + kind[1]))
    for number in numbers:
        db.session.add(Seat(space_id=kept.space.id, number=number, kind=kind[0], **asdict(draft)))
    steps.write_down(kept, "add_seats", {"kind": kind[0], "numbers": numbers}, now=now)
    return numbers


@transaction.write
def change_seat(*, slug: str, person_id: int, number: int, draft: SeatDraft, now: datetime) -> bool:
    """Change name, note, rank and capacity of a seat. Returns whether anything is different.

    Refuses: `UnknownSpace`, `NoSuchSeat`.
    """
    kept = steps.lock_hosted(slug, person_id)
    seat = _seat(kept.space.id, number)
    named = [field.name for field in fields(draft) if getattr(seat, field.name) != getattr(draft, field.name)]
    if not named:
        return False
    before = {name: getattr(seat, name) for name in named}
    for name in named:
        setattr(seat, name, getattr(draft, name))
    after = {name: getattr(draft, name) for name in named}
    steps.write_down(kept, "change_seat", {"number": number, "before": before, "after": after}, now=now)
    return True


@transaction.write
def retire_seat(*, slug: str, person_id: int, number: int, now: datetime) -> None:
    """Let nobody book a seat any more. What is booked keeps it; doing so twice is doing so once.

    Refuses: `UnknownSpace`, `NoSuchSeat`.
    """
    kept = steps.lock_hosted(slug, person_id)
    if steps.retire(kept.space, _seat(kept.space.id, number).number, clock.local_day(now, kept.space.timezone)):
        steps.write_down(kept, "retire_seat", {"number": number}, now=now)


@transaction.write
def restore_seat(*, slug: str, person_id: int, number: int, now: datetime) -> None:
    """Offer a retired seat again. Refuses: `UnknownSpace`, `NoSuchSeat`."""
    kept = steps.lock_hosted(slug, person_id)
    seat = _seat(kept.space.id, number)
    if seat.retired_on is not None:
        seat.retired_on = None
        steps.write_down(kept, "restore_seat", {"number": number}, now=now)


@transaction.write
def change_prices(
    *, slug: str, person_id: int, half_day_cents: int | None, half_hour_cents: int | None, now: datetime
) -> bool:
    """Change what desks and rooms cost, gross; None means unknown. What is booked keeps its price.

    Refuses: `UnknownSpace`.
    """
    kept = steps.lock_hosted(slug, person_id)
    before = [kept.space.price_cents, kept.space.half_hour_price_cents]
    after = [half_day_cents, half_hour_cents]
    if before == after:
        return False
    kept.space.price_cents, kept.space.half_hour_price_cents = after
    steps.write_down(kept, "change_prices", {"before": before, "after": after}, now=now)
    return True


def _seat(space_id: int, number: int) -> Seat:
    row = select(Seat).where(Seat.space_id == space_id, Seat.number == number)
    seat = db.session.scalars(row.execution_options(populate_existing=True)).one_or_none()
    if seat is None:
        raise NoSuchSeat
    return seat
