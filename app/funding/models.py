"""Who pays for a day: programmes and quotas that grant, accounts that can never be overdrawn, and their entries."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment

# Kinds of entries. The first two give, the others follow a booking.
GRANT, CARRY, RESERVE, RELEASE, SETTLE, CORRECT = "grant", "carry", "reserve", "release", "settle", "correct"
# Why an account that a booking left pays for it again; the actor of what is found out later, like who came.
PAYER_CHANGED, CAME, WORKER = "payer_changed", "came", "worker"
# How the payer of a booking is named: this and the programme's slug, or the quota's id.
BY_PROGRAMME, BY_QUOTA = "programme-", "quota-"
_IS_SETTLED = text("settled_units <> 0 OR settled_cents <> 0")
# Whose account a quota makes, and how long one lasts.
PERSON, POOL = "person", "pool"
MONTH, QUARTER, TOTAL = "month", "quarter", "total"


class Programme(Model):
    """A pilot: a funder pays a share of what people book at its spaces between two days, up to a budget.

    Its rules are two quotas of its own: one per person and month, one for all together, which is the budget.
    """

    __tablename__ = "programmes"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="days"),
        CheckConstraint("0 < share_percent AND share_percent <= 100", name="share"),
        CheckConstraint(
            "(frozen_at IS NULL) = (frozen_units IS NULL) AND (frozen_at IS NULL) = (frozen_cents IS NULL)",
            name="frozen",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    funder: Mapped[str] = mapped_column(String(120))
    # Where the funder's invoices go; NULL = not told yet.
    street: Mapped[str | None] = mapped_column(String(120))
    plz: Mapped[str | None] = mapped_column(String(5))
    town: Mapped[str | None] = mapped_column(String(80))
    invoice_email: Mapped[str | None] = mapped_column(String(254))
    leitweg_id: Mapped[str | None] = mapped_column(String(46))
    town_id: Mapped[int] = mapped_column(ForeignKey("towns.id"))  # whose officers run it
    starts_on: Mapped[date]
    ends_on: Mapped[date]  # its last day
    extended_at: Mapped[datetime | None] = mapped_column(Moment)  # its end was moved to a later day; the last time
    is_for_all: Mapped[bool]  # everybody; else people of its employers and those it invited
    share_percent: Mapped[int]  # of the price; the rest is the employer's or the person's
    invitation: Mapped[int] = mapped_column(default=1)  # number of the link by which people join; older ones are dead
    frozen_at: Mapped[datetime | None] = mapped_column(Moment)  # its books are closed, with these sums
    frozen_units: Mapped[int | None]
    frozen_cents: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(Moment)


class ProgrammeEmployer(Model):
    """An employer whose people take part; with a quota it pays what the programme does not."""

    __tablename__ = "programme_employers"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"), primary_key=True)


class ProgrammePerson(Model):
    """A person whom a programme invited and who takes part."""

    __tablename__ = "programme_people"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)


class Quota(Model):
    """What an employer or a programme grants, to each person or to all together, per frame of dates."""

    __tablename__ = "quotas"
    __table_args__ = (
        CheckConstraint("(employer_id IS NULL) <> (programme_id IS NULL)", name="one_payer"),
        CheckConstraint("scope IN ('person', 'pool')", name="scope"),
        CheckConstraint("frame IN ('month', 'quarter', 'total')", name="frame"),
        CheckConstraint("frame <> 'total' OR ends_on IS NOT NULL", name="total_ends"),
        CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name="days"),
        CheckConstraint("units IS NOT NULL OR cents IS NOT NULL", name="granted"),
        CheckConstraint("units >= 0 AND cents >= 0", name="not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employers.id"), index=True)
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programmes.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    scope: Mapped[str] = mapped_column(String(6))
    frame: Mapped[str] = mapped_column(String(7))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]  # its last day; NULL = until further notice
    units: Mapped[int | None]  # half-days per account; NULL = as many as the cents allow
    cents: Mapped[int | None]  # gross per account; NULL = whatever the units cost
    has_rooms: Mapped[bool] = mapped_column(default=False)  # rooms and booths too, not desks only
    carries: Mapped[bool] = mapped_column(default=False)  # what is left of a frame is granted to the next
    pays_no_show: Mapped[bool] = mapped_column(default=False)  # who did not come has used the unit
    pays_late: Mapped[bool] = mapped_column(default=False)  # who cancelled too late has used the unit
    cost_centre: Mapped[str | None] = mapped_column(String(40))
    made_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


class QuotaPlace(Model):
    """Where a quota can be used: a town or one space. A quota without any can be used everywhere."""

    __tablename__ = "quota_places"
    __table_args__ = (
        CheckConstraint("(town_id IS NULL) <> (space_id IS NULL)", name="one_place"),
        UniqueConstraint("quota_id", "town_id"),
        UniqueConstraint("quota_id", "space_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quota_id: Mapped[int] = mapped_column(ForeignKey("quotas.id"))
    town_id: Mapped[int | None] = mapped_column(ForeignKey("towns.id"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("spaces.id"))


class Account(Model):
    """One quota, one holder and one frame of dates: granted, reserved and settled, in half-days and in cents.

    `holder` is the person's id, or 0 for all together: a key that holds on every database, which NULL does not.
    It stays when the person's data goes, as a negative number that leads to nobody. Changed only with an `Entry`.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("reserved_units + settled_units <= granted_units", name="units"),
        CheckConstraint("reserved_cents + settled_cents <= granted_cents", name="cents"),
        CheckConstraint(
            "reserved_units >= 0 AND settled_units >= 0 AND reserved_cents >= 0 AND settled_cents >= 0",
            name="not_negative",
        ),
        UniqueConstraint("quota_id", "holder", "first_on"),
        Index("ix_accounts_holder", "holder", "last_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quota_id: Mapped[int] = mapped_column(ForeignKey("quotas.id"))
    holder: Mapped[int]
    first_on: Mapped[date]
    last_on: Mapped[date]
    granted_units: Mapped[int | None]  # NULL = no limit of this kind
    granted_cents: Mapped[int | None]
    # What the quota gives to every account of this frame: without what was carried, or stays because it is taken.
    base_units: Mapped[int | None]
    base_cents: Mapped[int | None]
    reserved_units: Mapped[int] = mapped_column(default=0)
    reserved_cents: Mapped[int] = mapped_column(default=0)
    settled_units: Mapped[int] = mapped_column(default=0)
    settled_cents: Mapped[int] = mapped_column(default=0)


class Entry(Model):
    """A line of an account, only ever added. `key` says what it was for, so that the same thing counts once."""

    __tablename__ = "entries"
    __table_args__ = (
        CheckConstraint("kind IN ('grant', 'carry', 'reserve', 'release', 'settle', 'correct')", name="kind"),
        CheckConstraint(
            "kind = 'correct' OR (kind IN ('grant', 'carry')) = (booking_uuid IS NULL)",
            name="booking",
        ),
        CheckConstraint("(note IS NOT NULL) = (kind = 'correct' AND booking_uuid IS NULL)", name="note"),
        UniqueConstraint("key"),
        Index("ix_entries_account_id", "account_id"),
        Index("ix_entries_booking_uuid", "booking_uuid"),
        Index("ix_entries_settled", "made_at", sqlite_where=_IS_SETTLED, postgresql_where=_IS_SETTLED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    booking_uuid: Mapped[uuid.UUID | None] = mapped_column(Uuid)  # no foreign key: an entry outlives its booking
    kind: Mapped[str] = mapped_column(String(7))
    granted_units: Mapped[int] = mapped_column(default=0)
    granted_cents: Mapped[int] = mapped_column(default=0)
    reserved_units: Mapped[int] = mapped_column(default=0)
    reserved_cents: Mapped[int] = mapped_column(default=0)
    settled_units: Mapped[int] = mapped_column(default=0)
    settled_cents: Mapped[int] = mapped_column(default=0)
    pays_late: Mapped[bool | None]  # what was promised when it was reserved; NULL of what reserves nothing
    pays_no_show: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(String(300))  # of an officer's own correction, without a booking
    actor: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime] = mapped_column(Moment)
    key: Mapped[str] = mapped_column(String(80))
