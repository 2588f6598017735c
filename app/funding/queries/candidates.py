"""The quotas that a person may use for a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, case, exists, or_, select

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
_works_there = and_(
    _employment.person_id == _person,
    _employment.role == MEMBER,
    _employment.starts_on <= _day,
    or_(_employment.ends_on.is_(None), _employment.ends_on > _day),
)
_of_employer = exists().where(_works_there, _employment.employer_id == _quota.employer_id)
_takes_part = or_(
    _programme.is_for_all,
    exists().where(
        table(ProgrammePerson).c.programme_id == _programme.id, table(ProgrammePerson).c.person_id == _person
    ),
    exists().where(
        table(ProgrammeEmployer).c.programme_id == _programme.id,
        table(ProgrammeEmployer).c.employer_id == _employment.employer_id,
        _works_there,
    ),
)
_is_here = or_(
    ~exists().where(_place.quota_id == _quota.id),
    exists().where(
        _place.quota_id == _quota.id,
        or_(_place.space_id == bindparam("space"), _place.town_id == bindparam("town")),
    ),
)
_holder = case((_quota.scope == PERSON, _person), else_=ALL)
CANDIDATES = (
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
        _account.id.label("account_id"),
        _account.granted_units,
        _account.granted_cents,
        _account.reserved_units,
        _account.reserved_cents,
        _account.settled_units,
        _account.settled_cents,
    )
    .select_from(
        table(Quota)
        .outerjoin(table(Programme), _programme.id == _quota.programme_id)
        .outerjoin(table(Employer), table(Employer).c.id == _quota.employer_id)
        .outerjoin(
            table(Account),
            and_(
                _account.quota_id == _quota.id,
                _account.holder == _holder,
                _account.first_on <= _day,
                _account.last_on >= _day,
            ),
        )
    )
    .where(
        _quota.ended_at.is_(None),
        _quota.starts_on <= _day,
        or_(_quota.ends_on.is_(None), _quota.ends_on >= _day),
        or_(bindparam("is_desk"), _quota.has_rooms),
        or_(
            and_(_quota.employer_id.is_not(None), table(Employer).c.ended_at.is_(None), _of_employer),
            and_(
                _programme.id.is_not(None),
                _programme.frozen_at.is_(None),
                _programme.starts_on <= _day,
                _programme.ends_on >= _day,
                _takes_part,
            ),
        ),
        _is_here,
    )
)


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
        granted_units=row.granted_units if is_there else row.units,
        granted_cents=row.granted_cents if is_there else row.cents,
        taken_units=row.reserved_units + row.settled_units if is_there else 0,
        taken_cents=row.reserved_cents + row.settled_cents if is_there else 0,
    )
