"""The quotas that a person may use for a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import FromClause, and_, bindparam, case, exists, or_, select

from app.employers.models import MEMBER, Employer, Employment
from app.extensions import table
from app.funding.models import (
    PERSON,
    Account,
    Programme,
    ProgrammeEmployer,
    ProgrammePerson,
    Quota,
    QuotaPlace,
)
from app.funding.queries.frames import frame_of
from app.statements import Prepared

# A room costs a unit for each of so many half-hours, begun ones too.
HALF_HOURS_A_UNIT = 8
WHOLE = 100
ALL = 0  # the holder of what is for all together


@dataclass(frozen=True)
class Service:
    """What is to be paid: a person's seat (`kind` desk or room) of a space on a date. `cents` gross, None = unknown."""

    person_id: int
    space_id: int
    town_id: int
    date: date
    kind: str
    slots: int
    cents: int | None

    @property
    def units(self) -> int:
        """Half-days; of a room one for each begun four hours."""
        return self.slots if self.kind == "desk" else -(-self.slots // HALF_HOURS_A_UNIT)


@dataclass(frozen=True)
class Candidate:
    """A quota that a person may use for a service, with its account if there is one yet. None = no limit."""

    quota_id: int
    name: str
    employer_id: int | None
    employer_name: str | None
    programme_id: int | None
    programme_slug: str | None
    programme_name: str | None
    share_percent: int
    scope: str
    frame: str
    holder: int
    first_on: date
    last_on: date
    account_id: int | None
    pays_late: bool
    pays_no_show: bool
    granted_units: int | None
    granted_cents: int | None
    taken_units: int
    taken_cents: int

    @property
    def left_units(self) -> int | None:
        return None if self.granted_units is None else self.granted_units - self.taken_units

    @property
    def left_cents(self) -> int | None:
        return None if self.granted_cents is None else self.granted_cents - self.taken_cents

    def covers(self, units: int, cents: int) -> bool:
        """Whether so much is left."""
        has_units = self.left_units is None or self.left_units >= units
        return has_units and (self.left_cents is None or self.left_cents >= cents)


_quota, _account, _programme = table(Quota).c, table(Account).c, table(Programme).c
_employment, _place = table(Employment).c, table(QuotaPlace).c
_person: Any = bindparam("person")
_day: Any = bindparam("day")
_payers = (
    table(Quota)
    .outerjoin(table(Programme), _programme.id == _quota.programme_id)
    .outerjoin(table(Employer), table(Employer).c.id == _quota.employer_id)
)


def _one_of(source: FromClause, *conditions: Any) -> Any:
    """Return whether there is a row of `source`; every other table named in the conditions stands around the question.

    Left to itself SQLAlchemy takes for outside only what stands one level around, and asks about all rows of the rest.
    """
    return exists().select_from(source).where(*conditions).correlate_except(source)


def _may_use(person: Any, day: Any) -> Any:
    """Return the condition under which a person may use a quota of `_payers` on a day."""
    works_there = and_(
        _employment.person_id == person,
        _employment.role == MEMBER,
        _employment.starts_on <= day,
        or_(_employment.ends_on.is_(None), _employment.ends_on > day),
    )
    invited, employers = table(ProgrammePerson), table(ProgrammeEmployer)
    takes_part = or_(
        _programme.is_for_all,
        _one_of(invited, invited.c.programme_id == _programme.id, invited.c.person_id == person),
        _one_of(
            employers.join(table(Employment), _employment.employer_id == employers.c.employer_id),
            employers.c.programme_id == _programme.id,
            works_there,
        ),
    )
    of_employer = _one_of(table(Employment), works_there, _employment.employer_id == _quota.employer_id)
    return and_(
        _quota.ended_at.is_(None),
        _quota.starts_on <= day,
        or_(_quota.ends_on.is_(None), _quota.ends_on >= day),
        or_(
            and_(_quota.employer_id.is_not(None), table(Employer).c.ended_at.is_(None), of_employer),
            and_(
                _programme.id.is_not(None),
                _programme.frozen_at.is_(None),
                _programme.starts_on <= day,
                _programme.ends_on >= day,
                takes_part,
            ),
        ),
    )


def _is_for(space: Any, town: Any, is_desk: Any) -> Any:
    """Return the condition under which a quota of `_payers` pays for a desk or a room of a space."""
    is_here = or_(
        ~_one_of(table(QuotaPlace), _place.quota_id == _quota.id),
        _one_of(table(QuotaPlace), _place.quota_id == _quota.id, or_(_place.space_id == space, _place.town_id == town)),
    )
    return and_(or_(is_desk, _quota.has_rooms), is_here)


def payable(person: Any, day: Any, space: Any, town: Any, is_desk: Any) -> Any:
    """Return, as a part of a question about services, whether anybody else may pay for one, whatever is left."""
    return exists().select_from(_payers).where(_may_use(person, day), _is_for(space, town, is_desk))


_holder = case((_quota.scope == PERSON, _person), else_=ALL)
_KNOWN = (
    select(
        _quota.id,
        _quota.name,
        _quota.employer_id,
        table(Employer).c.name.label("employer_name"),
        _quota.programme_id,
        _programme.slug.label("programme_slug"),
        _programme.name.label("programme_name"),
        _programme.share_percent,
        _quota.scope,
        _quota.frame,
        _quota.starts_on,
        _quota.ends_on,
        _quota.units,
        _quota.cents,
        _quota.pays_late,
        _quota.pays_no_show,
        _account.id.label("account_id"),
        _account.granted_units,
        _account.granted_cents,
        _account.reserved_units,
        _account.reserved_cents,
        _account.settled_units,
        _account.settled_cents,
    )
    .select_from(
        _payers.outerjoin(
            table(Account),
            and_(
                _account.quota_id == _quota.id,
                _account.holder == _holder,
                _account.first_on <= _day,
                _account.last_on >= _day,
            ),
        )
    )
    .where(_may_use(_person, _day))
)
_ANYWHERE = Prepared(_KNOWN.order_by(_quota.id))
CANDIDATES = _KNOWN.where(_is_for(bindparam("space"), bindparam("town"), bindparam("is_desk")))
_CANDIDATES = Prepared(CANDIDATES.order_by(_quota.id))


def asked(service: Service) -> dict[str, Any]:
    """Return what fills the holes of `CANDIDATES`."""
    return {
        "person": service.person_id,
        "day": service.date,
        "space": service.space_id,
        "town": service.town_id,
        "is_desk": service.kind == "desk",
    }


def candidates(service: Service) -> list[Candidate]:
    """Return the quotas that a person may use for a service, whether or not enough is left, by id."""
    return [candidate(row, service) for row in _CANDIDATES.rows(asked(service))]


def usable(person_id: int, day: date) -> list[Candidate]:
    """Return the quotas that a person may use on a day at some place or other, by id."""
    anything = Service(person_id, 0, 0, day, "desk", 0, None)
    return [candidate(row, anything) for row in _ANYWHERE.rows({"person": person_id, "day": day})]


def candidate(row: Any, service: Service) -> Candidate:
    """Return what a row of `CANDIDATES` says about a service."""
    first_on, last_on = frame_of(row.frame, service.date, row.starts_on, row.ends_on)
    is_there = row.account_id is not None
    return Candidate(
        quota_id=row.id,
        name=row.name,
        employer_id=row.employer_id,
        employer_name=row.employer_name,
        programme_id=row.programme_id,
        programme_slug=row.programme_slug,
        programme_name=row.programme_name,
        share_percent=row.share_percent or WHOLE,
        scope=row.scope,
        frame=row.frame,
        holder=service.person_id if row.scope == PERSON else ALL,
        first_on=first_on,
        last_on=last_on,
        account_id=row.account_id,
        pays_late=bool(row.pays_late),
        pays_no_show=bool(row.pays_no_show),
        granted_units=row.granted_units if is_there else row.units,
        granted_cents=row.granted_cents if is_there else row.cents,
        taken_units=row.reserved_units + row.settled_units if is_there else 0,
        taken_cents=row.reserved_cents + row.settled_cents if is_there else 0,
    )
