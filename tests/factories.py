"""Rows for tests: plain functions with sensible values, changed by keyword. Each commits what it makes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.billing.document import Document
from app.billing.models import Invoice, Statement
from app.employers.models import AddressList, Employer, Employment, Invitation
from app.extensions import db
from app.funding.models import Programme, Quota
from app.people.models import Address, Person
from app.people.queries import token_digest
from app.places.models import Officer, Town
from app.spaces.models import Application, Closure, Defect, Host, Hours, Operator, Seat, Space

MADE_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
# Monday to Friday, 8 to 18, split at 13.
WEEK = dict.fromkeys(range(5), (8 * 60, 13 * 60, 18 * 60))


def _keep(row: Any) -> Any:
    db.session.add(row)
    db.session.commit()
    return row


def make_person(name: str = "Ana Albers", email: str | None = None, **changes: Any) -> Person:
    person = _keep(Person(**{"name": name, "made_at": MADE_AT, **changes}))
    email = email or f"{name.split(maxsplit=1)[0].lower()}@example.org"
    _keep(Address(person_id=person.id, email=email, verified_at=MADE_AT))
    return person


def make_people(count: int) -> list[int]:
    """Make people who differ only in their numbers; returns their ids."""
    return [make_person(f"Beispiel {n}", f"beispiel{n}@example.org").id for n in range(count)]


def make_town(name: str = "Nottuln", **changes: Any) -> Town:
    slug = name.lower().replace(" ", "-")
    facts = {"ags": "05558032", "slug": slug, "plz": "48301", "lat": 51.928018, "lon": 7.352893}
    return _keep(Town(**{"name": name, **facts, **changes}))


def make_operator(name: str = "Landbüros eG", slug: str = "landbueros-eg") -> Operator:
    return _keep(Operator(name=name, slug=slug))


def make_host(person_id: int, **scope: int | None) -> Host:
    """Let somebody act for an operator (`operator_id`) or for one space (`space_id`)."""
    db.session.query(Person).filter_by(id=person_id).update({"acts_for_others": True})
    return _keep(Host(person_id=person_id, made_at=MADE_AT, **scope))


def make_application(space: Space, person_id: int, **changes: Any) -> Application:
    return _keep(Application(**{"space_id": space.id, "person_id": person_id, "made_at": MADE_AT, **changes}))


def make_officer(person_id: int, town: Town | None = None) -> Officer:
    """Let somebody act for a town, or for the county, which is made or found."""
    town = town or db.session.query(Town).filter_by(ags="05558").first()
    town = town or _keep(Town(ags="05558", slug="kreis-coesfeld", name="Kreis Coesfeld"))
    db.session.query(Person).filter_by(id=person_id).update({"acts_for_others": True})
    return _keep(Officer(person_id=person_id, town_id=town.id, made_at=MADE_AT))


def make_space(
    slug: str = "kontor", *, seats: int = 3, hours: dict[int, tuple[int, int, int]] | None = None, **changes
):
    """Make a space with numbered desks; its town is made, or found when a town of that name is there."""
    town = changes.pop("town", None) or db.session.query(Town).first() or make_town()
    space = _keep(Space(**{"slug": slug, "name": slug.title(), "town_id": town.id, **changes}))
    for weekday, (opens, splits, closes) in (WEEK if hours is None else hours).items():
        _keep(Hours(space_id=space.id, weekday=weekday, opens=opens, splits=splits, closes=closes))
    for number in range(1, seats + 1):
        make_seat(space, number)
    return space


def make_seat(space: Space, number: int, **changes: Any) -> Seat:
    return _keep(Seat(**{"space_id": space.id, "number": number, "name": f"Platz {number}", "rank": number, **changes}))


def make_closure(space: Space, first_on: date, last_on: date | None = None, reason: str = "Wartung") -> Closure:
    """Close a space on some days, as an operation would: its version rises with it."""
    space.version += 1
    return _keep(Closure(space_id=space.id, first_on=first_on, last_on=last_on or first_on, reason=reason))


def make_defect(space: Space, text: str = "Die Lampe geht nicht.", **changes: Any) -> Defect:
    return _keep(Defect(**{"space_id": space.id, "text": text, "made_at": MADE_AT, **changes}))


def seats_of(space: Space) -> Iterable[Seat]:
    return db.session.query(Seat).filter_by(space_id=space.id).order_by(Seat.number).all()


def make_employer(name: str = "Beispiel GmbH", *people: int, **changes: Any) -> Employer:
    """Make an employer where these people have worked since the beginning of the year."""
    employer = _keep(Employer(**{"slug": name.lower().replace(" ", "-"), "name": name, "made_at": MADE_AT, **changes}))
    for person_id in people:
        make_employment(employer, person_id)
    return employer


def make_employment(employer: Employer, person_id: int, **changes: Any) -> Employment:
    facts = {"role": "member", "starts_on": date(2026, 1, 1), "made_at": MADE_AT}
    if changes.get("role") == "agent":
        db.session.query(Person).filter_by(id=person_id).update({"acts_for_others": True})
    return _keep(Employment(**{"employer_id": employer.id, "person_id": person_id, **facts, **changes}))


def make_invitation(employer: Employer, token: str, **changes: Any) -> Invitation:
    """Invite whoever has a link, or one address (`email`)."""
    facts = {"kind": "address" if "email" in changes else "link", "role": "member", "most": 5, "made_at": MADE_AT}
    facts |= {"token_digest": token_digest(token), "expires_at": MADE_AT + timedelta(days=400)}
    return _keep(Invitation(**{"employer_id": employer.id, **facts, **changes}))


def make_list(employer: Employer, *emails: str, **changes: Any) -> AddressList:
    """Keep a list of addresses that waits to be confirmed."""
    lines = [f"{number}\t{email}\t\tinvite" for number, email in enumerate(emails, start=1)]
    facts = {"actor": "shell", "ignored": [], "made_at": MADE_AT, "expires_at": MADE_AT + timedelta(days=400)}
    return _keep(AddressList(**{"employer_id": employer.id, "lines": lines, "total": len(lines), **facts, **changes}))


def make_programme(slug: str = "pilot", **changes: Any) -> Programme:
    town = db.session.query(Town).first() or make_town()
    facts = {"funder": "Kreis", "starts_on": date(2026, 11, 1), "ends_on": date(2027, 1, 31), "made_at": MADE_AT}
    facts |= {"slug": slug, "name": slug.title(), "town_id": town.id, "is_for_all": True, "share_percent": 100}
    return _keep(Programme(**{**facts, **changes}))


def make_quota(of: Employer | Programme, **changes: Any) -> Quota:
    """Make a quota of eight half-days per person and month, since the beginning of the year."""
    payer = {"employer_id" if isinstance(of, Employer) else "programme_id": of.id}
    facts = {"name": "Kontingent", "scope": "person", "frame": "month", "starts_on": date(2026, 1, 1), "units": 8}
    return _keep(Quota(**{**payer, **facts, "made_at": MADE_AT, **changes}))


def make_statement(of: Employer | Programme, **changes: Any) -> Statement:
    """Make a posted statement of August 2026 with nothing on it."""
    payer = {"employer_id" if isinstance(of, Employer) else "programme_id": of.id}
    facts = {"month": date(2026, 8, 1), "salt": bytes(16), "begun_at": MADE_AT, "posted_at": MADE_AT}
    return _keep(Statement(**{**payer, **facts, **changes}))


def make_invoice(statement: Statement, operator: Operator, document: Document, xml: bytes) -> Invoice:
    """Keep an invoice as it would have been issued for a statement."""
    sums = document.sums
    row = Invoice(operator_id=operator.id, number=int(document.number[-5:]), label=document.number)
    row.statement_id, row.kind, row.month = statement.id, document.kind, document.first_on
    row.issued_on, row.document, row.xml = document.issued_on, document.packed(), xml
    row.digest = hashlib.sha256(xml).hexdigest()
    row.net_cents, row.tax_cents, row.rounding_cents, row.cents = sums.net, sums.tax, sums.rounding, sums.gross
    row.made_at = MADE_AT
    return _keep(row)
