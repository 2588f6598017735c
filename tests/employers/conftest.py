"""Ana acts for Acme, which may invite; Ben works there; Cleo knows nobody; Kari is the county."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select, update

from app.audit.models import AuditEntry
from app.messages.models import Message
from app.people.models import Person
from tests import factories

FACTS = {
    "name": "Acme",
    "legal_name": "Acme GmbH",
    "street": "Hauptstraße 1",
    "plz": "48149",
    "town": "Münster",
    "vat_id": "DE136695976",
    "leitweg_id": "",
}


@pytest.fixture
def acme(cast, now, db):
    acme = factories.make_employer(
        "Acme",
        domain="acme.example",
        domain_proved_at=now,
        codetermined_on=date(2026, 11, 2),
        codetermined_by="Betriebsrat",
    )
    factories.make_employment(acme, cast["ana"], role="agent")
    factories.make_employment(acme, cast["ben"], email="ben@beispiel.example", cost_centre="4711")
    db.session.execute(update(Person).where(Person.id == cast["ana"]).values(acts_for_others=True))
    db.session.commit()
    return acme


@pytest.fixture
def ana(acme, as_):
    return as_("ana")


@pytest.fixture
def ben(acme, as_):
    return as_("ben")


@pytest.fixture
def cleo(acme, as_):
    return as_("cleo")


@pytest.fixture
def kari(cast, as_):
    factories.make_officer(cast["kari"])
    return as_("kari")


@pytest.fixture
def mails(db):
    """Return (address, payload) of all messages of a kind, oldest first."""

    def read(kind):
        db.session.rollback()
        rows = db.session.execute(select(Message.to, Message.payload).where(Message.kind == kind).order_by(Message.id))
        return [tuple(row) for row in rows]

    return read


@pytest.fixture
def acts(db):
    """Return the audit as (action, subject), oldest first."""

    def read():
        db.session.rollback()
        rows = db.session.execute(select(AuditEntry.action, AuditEntry.subject_id).order_by(AuditEntry.id))
        return [tuple(row) for row in rows]

    return read


@pytest.fixture
def wrong():
    """Return the sentence beside a field: `wrong(answer, "name")`."""
    return lambda answer, name: (
        (found := re.search(rf'id="{name}-fehler">(?:<svg.+?</svg>)?(.+?)</p>', answer.text, re.DOTALL)) and found[1]
    )
