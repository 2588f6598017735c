"""A house with at least one row in every table, to be carried elsewhere."""

import uuid
from datetime import date, timedelta

from sqlalchemy import func, insert, select

from app import transaction
from app.audit.models import AuditEntry
from app.billing import einvoice
from app.billing.models import InvoiceSeries, StatementCentre, StatementEntry, StatementLine
from app.bookings import operations as bookings
from app.checkins import steps as checkins
from app.checkins.models import Announced, Checkin, Device, Display, GoneEvent, PassKey
from app.employers.models import AddressList, Invitation
from app.extensions import db
from app.funding.models import Entry, ProgrammeEmployer, ProgrammePerson, QuotaPlace
from app.people.models import Session, SignInCode
from app.places.models import Officer
from app.reminders.models import Choice, Feed, PushSubscription, QuietHours, Reminder
from app.spaces.models import Application, Defect, Door, Host, Operator, Photo
from tests.billing.samples import NOTHING
from tests.factories import (
    make_closure,
    make_employer,
    make_invoice,
    make_operator,
    make_people,
    make_programme,
    make_quota,
    make_space,
    make_statement,
)

TUESDAY = date(2026, 11, 24)


def furnish(now):
    """Fill the tables through operations where there are some, else row by row. Returns the people's ids."""
    people = make_people(6)
    employer = make_employer("Beispiel GmbH", people[0])
    quota = make_quota(employer, cents=50_000)
    programme = make_programme(is_for_all=False)
    space = make_space("wagen", seats=4, equipment=["monitor", "höhenverstellbar"], operator_id=make_operator().id)
    make_closure(space, TUESDAY + timedelta(days=30))
    made = [order(person, TUESDAY, now) for person in people[:3]]
    bookings.change_seat(booking_uuid=made[0], seat=4, person_id=people[0], now=now)
    later = bookings.Order(uuid.uuid4(), "wagen", TUESDAY + timedelta(days=1), "morning", None)
    bookings.change(booking_uuid=made[1], order=later, person_id=people[1], now=now)
    bookings.cancel(booking_uuid=made[2], person_id=people[2], now=now)
    _rest(people, space, now)
    _payers(people, employer, programme, quota, now)
    statement, operator = make_statement(employer), db.session.get(Operator, space.operator_id)
    make_invoice(statement, operator, NOTHING, einvoice.xml(NOTHING))
    _owed(statement, space, now)
    return people


def order(person, day, now, period="day"):
    wish = bookings.Order(uuid.uuid4(), "wagen", day, period, None)
    return bookings.book(order=wish, person_id=person, now=now).booking.uuid


@transaction.write
def _payers(people, employer, programme, quota, now):
    expires_at = now + timedelta(days=14)
    invitation = {"kind": "address", "email": "b@example.org", "token_digest": "6" * 64, "expires_at": expires_at}
    addresses = {"actor": "a", "lines": ["2\tc@example.org\t\tnew"], "ignored": ["name"], "total": 1, "done": 0}
    for model, row in (
        (Invitation, {**invitation, "employer_id": employer.id, "made_at": now}),
        (AddressList, {**addresses, "employer_id": employer.id, "made_at": now, "expires_at": expires_at}),
        (ProgrammeEmployer, {"programme_id": programme.id, "employer_id": employer.id}),
        (ProgrammePerson, {"programme_id": programme.id, "person_id": people[4]}),
        (QuotaPlace, {"quota_id": quota.id, "town_id": programme.town_id}),
    ):
        db.session.execute(insert(model).values(row))


@transaction.write
def _owed(statement, space, now):
    series = {
        "prefix": "BB",
        "last": 1,
        "from_month": TUESDAY,
        "days": 14,
        "contact": "Hana",
        "agreed_by": "hana",
        "agreed_at": now,
    }
    line = {"space_id": space.id, "space": space.name, "month": statement.month, "kind": "desk", "vat": None}
    line |= {"is_priced": True, "is_share": False, "units": 2, "cents": 1900, "invoice_id": 1}
    for model, row in (
        (InvoiceSeries, {"operator_id": space.operator_id, **series}),
        (StatementLine, {"statement_id": statement.id, **line}),
        (StatementLine, {"statement_id": statement.id, **line, "units": -2, "cents": -1900}),
        (StatementCentre, {"statement_id": statement.id, "cost_centre": "4711 ä", "units": 2, "cents": 1900}),
        (StatementEntry, {"statement_id": statement.id, "entry_id": db.session.scalar(select(func.min(Entry.id)))}),
    ):
        db.session.execute(insert(model).values(row))


@transaction.write
def _rest(people, space, now):
    sign = checkins.new_sign(space.id, now)
    soon = now + timedelta(minutes=10, microseconds=123456)
    code = {"email": "a@example.org", "digest": "0" * 64, "made_at": now, "expires_at": soon, "tries": 0, "number": 1}
    code["asker"] = "3" * 64
    session = {"person_id": people[0], "digest": "1" * 64, "browser": "", "made_at": now, "seen_at": now}
    entry = {"at": now, "actor": "shell", "action": "grant", "subject_kind": "person", "subject_id": "1"}
    device = {"uuid": uuid.uuid4(), "person_id": people[0], "made_at": now, "seen_at": soon, "pending": 2}
    checkin = {
        "event_id": uuid.uuid4(),
        "person_id": people[0],
        "body": '{"ä": "\\u0000 „x“\\n"}',
        "body_digest": "2" * 64,
        "space_id": space.id,
        "sign_id": sign.id,
        "booking_id": 1,
        "received_at": soon,
        "local_date": TUESDAY,
        "verdict": "accepted",
        "is_unowned": False,
    }
    picture = {"digest": "5" * 64, "width": 4, "height": 3}
    for model, row in (
        (SignInCode, code),
        (Session, {**session, "expires_at": soon}),
        (AuditEntry, {**entry, "detail": {"b": [1, 2.5, None, "ö"], "a": True}}),
        (Device, device),
        (GoneEvent, {"digest": "4" * 64, "made_on": TUESDAY}),
        (PassKey, {"kid": 3, "public_key": bytes(range(64)), "made_at": now, "valid_from": soon}),
        (
            Display,
            {
                "space_id": space.id,
                "name": "Eingang",
                "code": "0" * 20,
                "key": bytes(32),
                "offset_seconds": -2,
                "made_at": now,
            },
        ),
        (
            Feed,
            {"person_id": people[0], "salt": bytes(range(32)), "digest": "6" * 64, "made_at": now, "read_on": TUESDAY},
        ),
        (Reminder, {"booking_id": 1, "kind": "reminder_evening", "fate": "told", "at": now}),
        (Choice, {"person_id": people[0], "topic": "evening", "way": "both"}),
        (QuietHours, {"person_id": people[0], "begins": 1320, "ends": 360}),
        (
            PushSubscription,
            {
                "person_id": people[0],
                "endpoint": "https://push.example/1",
                "digest": "5" * 64,
                "p256dh": "B" * 87,
                "auth": "C" * 22,
                "browser": "Firefox",
                "made_at": now,
                "sent_at": soon,
            },
        ),
        (Announced, {"device": uuid.uuid4(), "seq": 3, "person_id": people[0], "day": TUESDAY, "announced_at": soon}),
        (Application, {"space_id": space.id, "person_id": people[5], "state": "sent", "made_at": now}),
        (Defect, {"space_id": space.id, "text": "Lampe", "photo": b"\x00RIFF", "made_at": now}),
        (Door, {"space_id": space.id, "kind": "code", "code": "4711#"}),
        (
            Photo,
            {"space_id": space.id, "rank": 0, "alt": "Büro", "content": bytes(range(256)), "made_at": now} | picture,
        ),
        (Checkin, checkin),
        (Officer, {"person_id": people[3], "town_id": space.town_id, "made_at": now}),
        (Host, {"person_id": people[4], "space_id": space.id, "made_at": now}),
    ):
        db.session.execute(insert(model).values(row))
