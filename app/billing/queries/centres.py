"""What was used for which cost centre, with small ones put together so that none leads to a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, func, or_, select

from app.billing.models import StatementEntry
from app.billing.queries.services import half_days
from app.bookings.models import Booking
from app.employers.models import MEMBER, Employment
from app.extensions import table
from app.funding.models import Account, Entry, Quota
from app.funding.queries import FEWEST
from app.spaces.models import Seat
from app.statements import Prepared

Sums = tuple[int, int]  # half-days and gross cents


def centres_of(statement_id: int, employer_id: int) -> dict[str | None, Sums]:
    """Return what a statement holds for each cost centre. Nothing while fewer than five people stand on it.

    A person's own cost centre counts before the quota's. What counts is who has used something, not who works there:
    an employer can move people and name quotas as it likes. Those with fewer than five people stand together under
    None, with as many of the next larger ones as it takes to be five: so no difference leads to fewer.
    """
    used: dict[str | None, Sums] = defaultdict(lambda: (0, 0))
    people: dict[str | None, set[int]] = defaultdict(set)
    for name, person_id, units, cents in _USED.rows({"statement": statement_id, "employer": employer_id}):
        used[name] = used[name][0] + int(units), used[name][1] + int(cents)
        # Who is erased by now is nobody to hide behind.
        people[name] |= {person_id} - {None}
    return merged(used, people) if len(set().union(*people.values())) >= FEWEST else {}


def merged(used: Mapping[str | None, Sums], people: Mapping[str | None, Collection[int]]) -> dict[str | None, Sums]:
    """Put what small groups used together under None, and large ones with them until it is five people or all."""
    hidden: list[str | None] = [None] if None in used else []
    rest = set(people.get(None, ())) if hidden else set()
    shown = []
    for name in sorted((name for name in used if name is not None), key=lambda name: (len(people.get(name, ())), name)):
        if len(people.get(name, ())) < FEWEST or (hidden and len(rest) < FEWEST):
            hidden.append(name)
            rest |= set(people.get(name, ()))
        else:
            shown.append(name)
    found: dict[str | None, Sums] = {name: used[name] for name in sorted(shown)}
    if hidden:
        found[None] = sum(used[name][0] for name in hidden), sum(used[name][1] for name in hidden)
    return found


_entry, _booking, _job, _quota, _taken = (table(each).c for each in (Entry, Booking, Employment, Quota, StatementEntry))
_own = (
    select(func.max(_job.cost_centre))
    .where(
        _job.employer_id == bindparam("employer"),
        _job.role == MEMBER,
        _job.person_id == _booking.person_id,
        _job.starts_on <= _booking.date,
        or_(_job.ends_on.is_(None), _job.ends_on > _booking.date),
    )
    .scalar_subquery()
)
_rows = (
    select(
        func.coalesce(_own, _quota.cost_centre).label("cost_centre"),
        _booking.person_id,
        half_days().label("units"),
        _entry.settled_cents.label("cents"),
    )
    .select_from(table(StatementEntry))
    .join(table(Entry), _entry.id == _taken.entry_id)
    .join(table(Account), table(Account).c.id == _entry.account_id)
    .join(table(Quota), _quota.id == table(Account).c.quota_id)
    .join(table(Booking), _booking.uuid == _entry.booking_uuid)
    .join(table(Seat), table(Seat).c.id == _booking.seat_id)
    .where(_taken.statement_id == bindparam("statement"))
    .subquery()
)
_USED = Prepared(
    select(_rows.c.cost_centre, _rows.c.person_id, func.sum(_rows.c.units), func.sum(_rows.c.cents)).group_by(
        _rows.c.cost_centre, _rows.c.person_id
    )
)
