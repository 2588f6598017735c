"""What is stored about a person: a short form for the profile, all of it for the export."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, func, or_, select

from app.audit.models import AuditEntry
from app.bookings.models import Booking, BookingSlot, SeatChange
from app.checkins.models import Announced, Checkin, Device
from app.employers.models import Employer, Employment, Invitation
from app.errors import NotFound
from app.extensions import Model, db
from app.funding.models import Account, Entry, Programme, ProgrammePerson, Quota
from app.messages.models import Message
from app.people import queries as people
from app.people.models import Address, Person, Session, SignInCode
from app.people.queries import AddressFacts
from app.places.models import Officer, Town
from app.reminders.models import Choice, Feed, PushSubscription, QuietHours, Reminder
from app.spaces.models import Application, Defect, Host, Operator, Seat, Space


@dataclass(frozen=True)
class Profile:
    """What the profile page shows."""

    name: str
    language: str
    addresses: list[AddressFacts]
    pending: str | None
    open_bookings: int
    sessions: int


def profile(person_id: int, *, now: datetime) -> Profile:
    """Return what the profile page shows. Refuses: `NotFound`."""
    person = db.session.execute(select(Person.name, Person.language).where(Person.id == person_id)).one_or_none()
    if person is None:
        raise NotFound
    coming = (Booking.person_id == person_id, Booking.ended_at.is_(None), Booking.ends_at > now)
    return Profile(
        name=person.name,
        language=person.language,
        addresses=people.addresses(person_id),
        pending=people.pending_email(person_id, now),
        open_bookings=db.session.execute(select(func.count()).where(*coming)).scalar_one(),
        sessions=people.sessions(person_id, now),
    )


@dataclass(frozen=True)
class Part:
    """One part of the export: the rows of `model` that `is_about` a person, without the columns in `withheld`.

    `also` adds the names of what the numbers point to. Everything else is handed out as it is stored.
    """

    name: str
    model: type[Model]
    is_about: Callable[[Owner], ColumnElement[bool]]
    withheld: frozenset[str] = frozenset()
    also: Callable[[Select[Any]], Select[Any]] = lambda rows: rows


@dataclass(frozen=True)
class Owner:
    """Whose rows are looked for, under all names that the tables know."""

    id: int
    public_id: str
    emails: list[str]


def _booked(rows: Select[Any]) -> Select[Any]:
    rows = rows.add_columns(Space.slug.label("space"), Seat.number.label("seat"), Seat.name.label("seat_name"))
    return rows.join(Space, Space.id == Booking.space_id).join(Seat, Seat.id == Booking.seat_id)


def _at_space(model: Any) -> Callable[[Select[Any]], Select[Any]]:
    return lambda rows: rows.add_columns(Space.slug.label("space")).join(Space, Space.id == model.space_id)


def _checked_in(rows: Select[Any]) -> Select[Any]:
    return rows.add_columns(Space.slug.label("space")).outerjoin(Space, Space.id == Checkin.space_id)


def _acted(owner: Owner) -> ColumnElement[bool]:
    is_subject = (AuditEntry.subject_kind == "person") & AuditEntry.subject_id.in_([owner.public_id, str(owner.id)])
    return or_(
        AuditEntry.actor == owner.public_id, is_subject, AuditEntry.detail["person"].as_string() == str(owner.id)
    )


_MINE = select(Booking.id)

# Every table that knows people. A new one that is missing here fails the tests of the export. Withheld is only what
# would let a thief of the file sign in, or is computed from the rest.
PARTS = (
    Part("person", Person, lambda owner: Person.id == owner.id),
    Part("addresses", Address, lambda owner: Address.person_id == owner.id),
    Part("sessions", Session, lambda owner: Session.person_id == owner.id, frozenset({"digest"})),
    Part(
        "sign_in_codes",
        SignInCode,
        lambda owner: or_(SignInCode.person_id == owner.id, SignInCode.email.in_(owner.emails)),
        frozenset({"digest"}),
    ),
    Part("feeds", Feed, lambda owner: Feed.person_id == owner.id, frozenset({"salt", "digest"})),
    Part(
        "officers",
        Officer,
        lambda owner: Officer.person_id == owner.id,
        also=lambda rows: rows.add_columns(Town.name.label("town")).join(Town, Town.id == Officer.town_id),
    ),
    Part(
        "hosts",
        Host,
        lambda owner: Host.person_id == owner.id,
        also=lambda rows: (
            rows.add_columns(Operator.slug.label("operator"), Space.slug.label("space"))
            .outerjoin(Operator, Operator.id == Host.operator_id)
            .outerjoin(Space, Space.id == Host.space_id)
        ),
    ),
    Part(
        "invitations",
        Invitation,
        lambda owner: Invitation.email.in_(owner.emails),
        frozenset({"token_digest"}),
        lambda rows: rows.add_columns(Employer.name.label("employer")).join(
            Employer, Employer.id == Invitation.employer_id
        ),
    ),
    Part("applications", Application, lambda owner: Application.person_id == owner.id, also=_at_space(Application)),
    Part("defects", Defect, lambda owner: Defect.person_id == owner.id, also=_at_space(Defect)),
    Part("bookings", Booking, lambda owner: Booking.person_id == owner.id, frozenset({"request_digest"}), _booked),
    Part("booking_slots", BookingSlot, lambda owner: BookingSlot.person_id == owner.id),
    Part(
        "seat_changes",
        SeatChange,
        lambda owner: SeatChange.booking_id.in_(_MINE.where(Booking.person_id == owner.id)),
    ),
    Part(
        "employments",
        Employment,
        lambda owner: Employment.person_id == owner.id,
        also=lambda rows: rows.add_columns(Employer.name.label("employer")).join(
            Employer, Employer.id == Employment.employer_id
        ),
    ),
    Part(
        "programme_people",
        ProgrammePerson,
        lambda owner: ProgrammePerson.person_id == owner.id,
        also=lambda rows: rows.add_columns(Programme.name.label("programme")).join(
            Programme, Programme.id == ProgrammePerson.programme_id
        ),
    ),
    Part(
        "accounts",
        Account,
        lambda owner: Account.holder == owner.id,
        also=lambda rows: rows.add_columns(Quota.name.label("quota")).join(Quota, Quota.id == Account.quota_id),
    ),
    Part(
        "entries",
        Entry,
        lambda owner: or_(
            Entry.account_id.in_(select(Account.id).where(Account.holder == owner.id)),
            Entry.booking_uuid.in_(select(Booking.uuid).where(Booking.person_id == owner.id)),
        ),
    ),
    Part("announced", Announced, lambda owner: Announced.person_id == owner.id),
    Part(
        "devices",
        Device,
        lambda owner: or_(Device.person_id == owner.id, Device.maker_id == owner.id),
        frozenset({"token_digest"}),
    ),
    Part("checkins", Checkin, lambda owner: Checkin.person_id == owner.id, also=_checked_in),
    Part("choices", Choice, lambda owner: Choice.person_id == owner.id),
    Part("quiet_hours", QuietHours, lambda owner: QuietHours.person_id == owner.id),
    Part(
        "push_subscriptions",
        PushSubscription,
        lambda owner: PushSubscription.person_id == owner.id,
        frozenset({"auth"}),
    ),
    Part("reminders", Reminder, lambda owner: Reminder.booking_id.in_(_MINE.where(Booking.person_id == owner.id))),
    Part(
        "messages",
        Message,
        lambda owner: or_(Message.person_id == owner.id, Message.to.in_(owner.emails)),
    ),
    Part("audit_entries", AuditEntry, _acted),
)


def everything_about(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return all rows about a person, by the names of the tables, as JSON can carry them. Refuses: `NotFound`."""
    public_id = db.session.execute(select(Person.public_id).where(Person.id == person_id)).scalar_one_or_none()
    if public_id is None:
        raise NotFound
    owner = Owner(person_id, str(public_id), [address.email for address in people.addresses(person_id)])
    return {part.name: list(_rows(part, owner)) for part in PARTS}


def _rows(part: Part, owner: Owner) -> Iterator[dict[str, Any]]:
    table = cast("Table", part.model.__table__)
    columns = [column for column in table.columns if column.name not in part.withheld]
    rows = part.also(select(*columns).select_from(table)).where(part.is_about(owner))
    for row in db.session.execute(rows.order_by(*table.primary_key.columns)):
        yield {name: _plain(value) for name, value in row._mapping.items()}  # noqa: SLF001 - public in SQLAlchemy


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, uuid.UUID) else value
