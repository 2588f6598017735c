"""Who pays for what a person has booked, as it is told to that person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String, and_, bindparam, case, cast, func, literal, or_, select

from app.bookings.models import RELEASED, RESERVED, SETTLED, Booking
from app.bookings.queries.unpaid import IS_BEYOND, UNPAID_FOR
from app.employers.models import Employer, Employment
from app.extensions import Moment, table
from app.funding import queries as funding
from app.funding.models import BY_PROGRAMME, BY_QUOTA, Account, Entry, Programme, ProgrammePerson, Quota
from app.spaces.models import Seat, Space
from app.statements import Prepared

_bookings, _programmes, _entries = table(Booking).c, table(Programme).c, table(Entry).c
_spaces, _seats = table(Space).c, table(Seat).c


@dataclass(frozen=True, slots=True)
class Paying:
    """Who pays for a booking. `name`: who does besides the person, None = nobody.

    `own_cents`: what the person pays on site, gross; None = the price is unknown. `can_change`: somebody else may pay.
    `decide_by`: the payer ends before the booking; until then another one can be chosen, then it is cancelled.
    """

    name: str | None
    own_cents: int | None
    can_change: bool
    decide_by: datetime | None = None


_accounts, _held = table(Account).c, table(Quota).alias("held").c
_cents = func.coalesce(func.sum(_entries.reserved_cents + _entries.settled_cents), 0)
_of_booking = (
    select(_cents)
    .join_from(table(Entry), table(Account), _accounts.id == _entries.account_id)
    .join(_held.id.table, _held.id == _accounts.quota_id)
    .where(_entries.booking_uuid == _bookings.uuid)
)
_by_employers = _of_booking.where(_held.employer_id.is_not(None)).scalar_subquery()
# A programme's accounts, of the person and of all together, hold the same money.
_by_programme = (
    _of_booking.with_only_columns(_cents // func.coalesce(func.nullif(func.count(_accounts.id.distinct()), 0), 1))
    .where(_held.programme_id == _programmes.id)
    .scalar_subquery()
)
_is_by_programme = _bookings.payer == literal(BY_PROGRAMME) + _programmes.slug
_is_by_quota = _bookings.payer == literal(BY_QUOTA) + cast(table(Quota).c.id, String)
_is_charged = or_(_bookings.charge == RESERVED, _bookings.charge == SETTLED)
_PAYING = Prepared(
    select(
        _bookings.id,
        _bookings.price_cents,
        _bookings.starts_at,
        case((_is_charged, func.coalesce(_programmes.name, table(Employer).c.name))),
        _by_employers + _by_programme,
        and_(_is_by_programme, IS_BEYOND),
        and_(
            func.coalesce(_bookings.charge, RELEASED) != SETTLED,
            or_(
                _bookings.charge == RESERVED,
                funding.payable(
                    _bookings.person_id, _bookings.date, _bookings.space_id, _spaces.town_id, _seats.kind == "desk"
                ),
            ),
        ),
    )
    .join_from(table(Booking), table(Space), _spaces.id == _bookings.space_id)
    .join(table(Seat), _seats.id == _bookings.seat_id)
    .outerjoin(table(Programme), _is_by_programme)
    .outerjoin(table(Quota), _is_by_quota)
    .outerjoin(table(Employer), table(Employer).c.id == table(Quota).c.employer_id)
    .where(
        _bookings.person_id == bindparam("person"),
        _bookings.ended_at.is_(None),
        _bookings.ends_at > bindparam("now", type_=Moment),
    )
)

_person: Any = bindparam("person_id")
_people, _quotas, _works = table(ProgrammePerson).c, table(Quota).c, table(Employment).c
_own_employers = select(_works.employer_id).where(_works.person_id == _person)


def _told_apart(number: Any) -> Any:
    """Return one number for a set of ids: each is scattered first, because sums of ids or of their squares are often
    those of other ids (1 + 4 = 2 + 3; 9 + 16 = 25). Nothing on the way outgrows 64 bits.
    """
    scattered = cast(number, BigInteger) % _PRIMES[0] * _SCATTER % _PRIMES[0]
    return func.coalesce(cast(func.sum(scattered * scattered % _PRIMES[1]), BigInteger), 0)


_PRIMES, _SCATTER = (2_147_483_647, 2_147_483_629), 1_103_515_245
# What `paying` tells and the person's version does not, each as one number of a larger question about `person_id`:
# which bookings have lost their payer, which quotas of programmes and of the person's employers there are, in which
# programmes the person takes part, which bookings are settled. Quotas of other employers are left out: one changed
# would tell every phone to ask. The name of a payer is not among them: a new one is told a day later.
PAYING_STATE = [
    select(_told_apart(_bookings.id))
    .join_from(table(Booking), table(Programme), _is_by_programme)
    .where(_bookings.person_id == _person, _bookings.ended_at.is_(None), IS_BEYOND)
    .scalar_subquery(),
    select(func.count() + func.coalesce(func.sum(_quotas.version), 0))
    .where(or_(_quotas.programme_id.is_not(None), _quotas.employer_id.in_(_own_employers)))
    .scalar_subquery(),
    select(_told_apart(_people.programme_id)).where(_people.person_id == _person).scalar_subquery(),
    select(_told_apart(_bookings.id))
    .where(_bookings.person_id == _person, _bookings.ended_at.is_(None), _bookings.charge == SETTLED)
    .scalar_subquery(),
]


def paying(person_id: int, *, now: datetime) -> dict[int, Paying]:
    """Return, by booking id, who pays for what a person has booked and what is not over."""
    rows = _PAYING.rows({"person": person_id, "now": now})
    return {row[0]: _read(row) for row in rows}


def _read(row: Any) -> Paying:
    _, price, starts_at, name, paid, is_beyond, can_change = row
    own = None if price is None else price - int(paid)
    return Paying(name, own, bool(can_change), starts_at - UNPAID_FOR if is_beyond else None)
