"""Entries of the audit that concern somebody, with names instead of ids."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select

from app import clock
from app.audit import queries as audit
from app.audit.queries import EntryFacts, Reader, While
from app.bookings.queries import PERSON_KEPT
from app.employers import queries as employers
from app.employers.models import Employer
from app.extensions import db
from app.funding import queries as funding
from app.funding.models import Programme, Quota
from app.people.models import Person
from app.spaces import queries as spaces
from app.spaces.models import Operator, Space


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the protocol. `who` is a name, "" when it was the reader, None when nobody is known by it any more.

    `about` names a space, an operator, an employer, a quota or a programme; `whom` is the person it was done to, told
    apart like `who`.
    """

    at: datetime
    who: str | None
    is_machine: bool
    action: str
    about: str | None
    whom: str | None
    has_whom: bool


def lines_for(person_id: int, *, on: date, skip: int, limit: int) -> list[Line]:
    """Return what concerns a person: as the one who acted, as the one it was done to, or as one who acts for the space
    or employer on that day, or works or worked there when it happened.
    """
    public_id = str(db.session.execute(select(Person.public_id).where(Person.id == person_id)).scalar_one())
    entries = audit.entries_for(
        Reader(person_id, public_id, _subjects(person_id, on), _whiles(person_id)), skip=skip, limit=limit
    )
    names, places = _names(entries), _places(entries)
    me = {public_id, str(person_id)}

    def named(key: str) -> str | None:
        return "" if key in me else names.get(key)

    return [
        Line(
            at=entry.at,
            who=named(entry.actor),
            is_machine=entry.actor in {"shell", "worker"},
            action=entry.action,
            about=places.get((entry.subject_kind, entry.subject_id)),
            whom=named(str(entry.detail["person"])) if entry.detail.get("person") else None,
            has_whom=bool(entry.detail.get("person")),
        )
        for entry in entries
    ]


def _subjects(person_id: int, on: date) -> list[tuple[str, Collection[str]]]:
    """Return what a person acts for, and the quotas and programmes that pay for the person."""
    hosted = [space.slug for space in spaces.hosted(person_id)]
    acted_for = [employer.slug for employer in employers.acted_for(person_id, on=on)]
    return [
        ("space", hosted),
        ("operator", [operator.slug for operator in spaces.own_operators(person_id)]),
        ("employer", acted_for),
        ("members", acted_for),
        ("counts", acted_for),
        ("quota", list(funding.quotas_about(person_id))),
        ("programme", funding.programmes_about(person_id)),
    ]


def _whiles(person_id: int) -> list[While]:
    """Return when a person was among the members of employers, and when their counts could be looked at.

    Who looked is told to all whom it concerned, also after they left. Counts of theirs stand in the months before.
    """
    found = []
    for slug, first, gone in employers.worked_for(person_id):
        since = _midnight(first)
        for kind, days in (("members", 1), ("counts", PERSON_KEPT + 1)):
            until = _midnight(gone + timedelta(days=days)) if gone else None
            found.append(While(kind, slug, since, until))
    return found


def _midnight(day: date) -> datetime:
    return clock.moment_of(day, 0, employers.TIMEZONE)


def _names(entries: Iterable[EntryFacts]) -> dict[str, str]:
    """Return the names of people by the ids that entries know them by."""
    words = {entry.actor for entry in entries} | {str(entry.detail.get("person")) for entry in entries}
    public = [uuid.UUID(word) for word in words if len(word) == 36]
    ids = [int(word) for word in words if word.isdecimal()]
    rows = db.session.execute(
        select(Person.id, Person.public_id, Person.name).where(or_(Person.id.in_(ids), Person.public_id.in_(public)))
    )
    return {key: row.name for row in rows if row.name for key in (str(row.id), str(row.public_id))}


def _places(entries: Collection[EntryFacts]) -> dict[tuple[str, str], str]:
    """Return the names of what entries are about, by the kinds and keys that they know it by."""
    found: dict[tuple[str, str], str] = {}
    named = (
        ("space", Space),
        ("operator", Operator),
        ("employer", Employer),
        ("members", Employer),
        ("counts", Employer),
        ("programme", Programme),
    )
    for kind, model in named:
        slugs = {entry.subject_id for entry in entries if entry.subject_kind == kind}
        rows = db.session.execute(select(model.slug, model.name).where(model.slug.in_(slugs)))
        found |= {(kind, slug): name for slug, name in rows}
    quotas = [int(entry.subject_id) for entry in entries if entry.subject_kind == "quota"]
    rows = db.session.execute(select(Quota.id, Quota.name).where(Quota.id.in_(quotas)))
    return found | {("quota", str(quota_id)): name for quota_id, name in rows}
