"""Who may pay for a day, and what each account would give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from app.employers.models import Employer
from app.extensions import execute, table
from app.funding.models import BY_PROGRAMME, BY_QUOTA, Programme, ProgrammeEmployer, Quota
from app.funding.queries.candidates import WHOLE, Candidate, Service, candidates
from app.statements import Prepared

# The choice of somebody who pays on site, whatever else there is.
SELF = "self"


@dataclass(frozen=True)
class Part:
    """What one account gives to a service."""

    candidate: Candidate
    units: int
    cents: int


@dataclass(frozen=True)
class Payer:
    """Somebody who can pay, and what each account would give. `key` names the choice in forms and in the API.

    `name` names the quota too where an employer has several. `own_cents` is what the person pays on site all the same.
    `lacks` says what is missing when it cannot pay: units or cents.
    """

    key: str
    name: str
    parts: tuple[Part, ...] = ()
    own_cents: int = 0
    lacks: str | None = None

    @property
    def left_units(self) -> int | None:
        """Half-days that the person has afterwards, the least of all accounts; None = no limit."""
        known = [part.candidate.left_units - part.units for part in self.parts if part.candidate.left_units is not None]
        return min(known, default=None)


def payers(service: Service, found: Sequence[Candidate] | None = None) -> list[Payer]:
    """Return who may pay, in the order in which they are asked: programmes, employers, the person.

    Who leaves the person something to pay comes after those who leave nothing. `found`: the quotas that may be used,
    where they are known already.
    """
    if found is None:
        found = candidates(service)
    programmes: dict[int, list[Candidate]] = {}
    for each in found:
        if each.programme_id is not None:
            programmes.setdefault(each.programme_id, []).append(each)
    employers = [each for each in found if each.employer_id is not None]
    helping = _helping(programmes, employers)
    several = Counter(each.employer_id for each in employers)
    asked = [
        *(_by_programme(quotas, helping[key], service) for key, quotas in programmes.items()),
        *(_by_employer(each, service, is_one_of_several=several[each.employer_id] > 1) for each in employers),
    ]
    return [*sorted(asked, key=lambda payer: payer.own_cents > 0), Payer(SELF, "", own_cents=service.cents or 0)]


def choose(found: Sequence[Payer], key: str | None) -> Payer | None:
    """Return the payer that was asked for, else the first that can pay; None for one that is not there."""
    if key is None:
        return next(payer for payer in found if payer.lacks is None)
    return next((payer for payer in found if payer.key == key), None)


def share_of(cents: int, percent: int) -> int:
    """Return a programme's part of a price in whole cents; half a cent is the programme's."""
    return (cents * percent * 2 + 100) // 200


def _by_programme(quotas: Sequence[Candidate], helping: Sequence[Candidate], service: Service) -> Payer:
    one, units = quotas[0], service.units
    cents = share_of(service.cents or 0, one.share_percent)
    rest = (service.cents or 0) - cents
    helper = next((each for each in helping if rest and each.covers(0, rest)), None)
    parts = [Part(each, units, cents) for each in quotas]
    parts += [Part(helper, 0, rest)] if helper else []
    own = 0 if helper else rest
    return Payer(f"{BY_PROGRAMME}{one.programme_slug}", str(one.programme_name), tuple(parts), own, _lacks(parts))


def _by_employer(quota: Candidate, service: Service, *, is_one_of_several: bool) -> Payer:
    parts = (Part(quota, service.units, service.cents or 0),)
    name = f"{quota.employer_name} ({quota.name})" if is_one_of_several else str(quota.employer_name)
    return Payer(f"{BY_QUOTA}{quota.quota_id}", name, parts, 0, _lacks(parts))


def _lacks(parts: Sequence[Part]) -> str | None:
    if not all(part.candidate.covers(part.units, 0) for part in parts):
        return "units"
    return None if all(part.candidate.covers(part.units, part.cents) for part in parts) else "cents"


_SIDE = Prepared(
    select(table(ProgrammeEmployer).c.programme_id, table(ProgrammeEmployer).c.employer_id).where(
        table(ProgrammeEmployer).c.programme_id.in_(bindparam("programmes", expanding=True))
    )
)


def _helping(
    programmes: Mapping[int, Sequence[Candidate]], employers: Sequence[Candidate]
) -> dict[int, list[Candidate]]:
    """Return by programme the quotas of its employers, which pay what it does not."""
    shared = [key for key, quotas in programmes.items() if quotas[0].share_percent < WHOLE]
    pairs = {tuple(row) for row in _SIDE.rows({"programmes": shared})} if shared and employers else set()
    return {key: [each for each in employers if (key, each.employer_id) in pairs] for key in programmes}


def payer_name(key: str | None) -> str | None:
    """Return what the payer of a booking is called; None for somebody who pays on site."""
    key = key or ""
    if key.startswith(BY_PROGRAMME):
        return execute(select(Programme.name).where(Programme.slug == key.removeprefix(BY_PROGRAMME))).scalar()
    number = key.removeprefix(BY_QUOTA)
    if number != key and number.isdecimal():
        of = select(Employer.name).join(Quota, Quota.employer_id == Employer.id).where(Quota.id == int(number))
        return execute(of).scalar()
    return None
