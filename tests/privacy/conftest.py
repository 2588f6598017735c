"""One row of Ana's and one of Ben's in every table there is, so that no table can be forgotten."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import JSON, insert

from app.extensions import Model
from app.funding.models import Account, Entry
from tests import factories


def _value(column, person, number):
    """Return something that fits into a column, and says whose it is where it is a text."""
    if isinstance(column.type, JSON):
        return {"about": person.name}
    kind = column.type.python_type
    made = {
        int: number,
        str: f"{person.name} {number}"[: getattr(column.type, "length", None)],
        bool: False,
        bytes: bytes([number]),
        uuid.UUID: uuid.uuid5(uuid.NAMESPACE_DNS, f"{column} {person.name} {number}"),
        date: date(2026, 11, 1),
    }
    return made.get(kind, factories.MADE_AT + timedelta(days=number))


# What a row needs besides, so that the table's own rules hold.
RULES = {
    "applications": {"state": "sent", "decided_at": None},
    "bookings": {"first_slot": 0, "end_slot": 1, "ended_at": None, "ended_reason": None, "replaces_id": None}
    | {"charge": "reserved"},
    "booking_slots": {"slot": 0},
    "checkins": {
        "verdict": "accepted",
        "kind": "check_in",
        "time_quality": "exact",
        "sign_id": None,
        "reason": None,
        "doubt": None,
    }
    | dict.fromkeys(("display_id", "actor_id", "undoes")),
    "devices": {"space_id": None, "token_digest": None},
    "employments": {"role": "member", "ends_on": None},
    "hosts": {"operator_id": None},
    "choices": {"way": "mail"},
    "reminders": {"fate": "told"},
    "messages": {"language": "de", "due_at": None, "way": "mail", "subscription_id": None},
    "sign_in_codes": {"tries": 0},
}


@pytest.fixture
def full(db, now):
    """Fill every table with one row of Ana's and one of Ben's; returns both people."""
    people = [factories.make_person("Ana Albers"), factories.make_person("Ben Bauer")]
    for number, person in enumerate(people, start=1):
        operator = factories.make_operator(f"Büros {number}", f"bueros-{number}")
        space = factories.make_space(f"ort-{number}", seats=1, operator_id=operator.id)
        seat = factories.seats_of(space)[0]
        known = {"person_id": person.id, "space_id": space.id, "seat_id": seat.id, "town_id": space.town_id}
        known |= {"operator_id": operator.id}
        programme = factories.make_programme(f"pilot-{number}", town_id=space.town_id)
        quota = factories.make_quota(programme)
        employer = factories.make_employer(f"Firma {number}")
        factories.make_invitation(employer, f"to {person.name}", email=f"{person.name.split()[0].lower()}@example.org")
        known |= {"employer_id": employer.id, "programme_id": programme.id}
        days = {"first_on": date(2026, 11, 1), "last_on": date(2026, 11, 30)}
        account = Account(quota_id=quota.id, holder=person.id, granted_units=8, **days)
        db.session.add(account)
        db.session.flush()
        why = {"reason": "opened", "actor": "system", "made_at": now, "key": f"grant/{number}/0"}
        db.session.add(Entry(account_id=account.id, kind="grant", granted_units=8, **why))
        db.session.commit()
        for table in Model.metadata.sorted_tables:
            if table.name in {"people", "addresses"} or (
                "person_id" not in table.columns and table.name not in {"seat_changes", "audit_entries", "reminders"}
            ):
                continue
            row = {
                column.name: _value(column, person, number)
                for column in table.columns
                if column.name != "id" or table.name == "bookings"
            }
            row |= {name: value for name, value in known.items() if name in table.columns}
            if "booking_id" in table.columns:
                row["booking_id"] = number
            if table.name == "seat_changes":
                row |= {"from_seat_id": seat.id, "to_seat_id": seat.id}
            if table.name == "audit_entries":
                row |= {"actor": str(person.public_id)}
            row["ends_at"] = now + timedelta(days=40)
            row |= RULES.get(table.name, {})
            db.session.execute(insert(table).values({k: v for k, v in row.items() if k in table.columns}))
    db.session.commit()
    return people
