"""Organisations that grant their people quotas, who works there, and how somebody comes to."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment

# What somebody is for an employer: works there, or acts for it. Who acts for it may work there as well.
MEMBER, AGENT = "member", "agent"

# How an invitation reaches people: one address, a link for many, or everybody with an address of the domain.
ADDRESS, LINK, DOMAIN = "address", "link", "domain"


class Employer(Model):
    """An organisation. What stands on its statements comes from here; NULL = not told yet."""

    __tablename__ = "employers"
    __table_args__ = (
        CheckConstraint("(domain IS NULL) = (domain_proved_at IS NULL)", name="domain"),
        CheckConstraint("(codetermined_on IS NULL) = (codetermined_by IS NULL)", name="codetermined"),
        UniqueConstraint("domain"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    legal_name: Mapped[str | None] = mapped_column(String(120))
    street: Mapped[str | None] = mapped_column(String(120))
    plz: Mapped[str | None] = mapped_column(String(5))
    town: Mapped[str | None] = mapped_column(String(80))
    vat_id: Mapped[str | None] = mapped_column(String(20))
    leitweg_id: Mapped[str | None] = mapped_column(String(46))  # of public bodies; invoices carry it as BT-10
    invoice_email: Mapped[str | None] = mapped_column(String(254))  # where invoices go
    domain: Mapped[str | None] = mapped_column(String(120))  # what follows the @ of its people; proved by a mail
    domain_proved_at: Mapped[datetime | None] = mapped_column(Moment)
    vouched_at: Mapped[datetime | None] = mapped_column(Moment)  # invited by the county, which needs no other proof
    codetermined_on: Mapped[date | None]  # works council or staff council agreed; before that nobody is invited
    codetermined_by: Mapped[str | None] = mapped_column(String(120))
    counts_since: Mapped[datetime | None] = mapped_column(Moment)  # counts per person are shown; NULL = off
    made_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class Employment(Model):
    """A person and an employer from a day on until before another; whoever works there and acts for it has two.

    The row stays when it ends, until retention takes it: accounts of its time hang on the person, not on it.
    """

    __tablename__ = "employments"
    __table_args__ = (
        CheckConstraint("role IN ('member', 'agent')", name="role"),
        CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name="days"),
        Index(
            "uq_employments_employer_id_person_id_role",
            "employer_id",
            "person_id",
            "role",
            unique=True,
            sqlite_where=text("ends_on IS NULL"),
            postgresql_where=text("ends_on IS NULL"),
        ),
        Index("ix_employments_person_id", "person_id", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(6))
    email: Mapped[str | None] = mapped_column(String(254))  # of the person's own, the one that the employer sees
    cost_centre: Mapped[str | None] = mapped_column(String(40))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]  # the first day on which it no longer holds
    made_at: Mapped[datetime] = mapped_column(Moment)


class Invitation(Model):
    """An employer asks people to join. Only a digest of the link's secret is kept; an address goes when it is used."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("kind IN ('address', 'link', 'domain')", name="kind"),
        CheckConstraint("(kind = 'address') >= (email IS NOT NULL)", name="email"),
        CheckConstraint("0 <= used AND (most IS NULL OR used <= most)", name="used"),
        UniqueConstraint("employer_id", "email"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"), index=True)
    kind: Mapped[str] = mapped_column(String(7))
    role: Mapped[str] = mapped_column(String(6), default=MEMBER)
    email: Mapped[str | None] = mapped_column(String(254))
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    cost_centre: Mapped[str | None] = mapped_column(String(40))
    most: Mapped[int | None]  # so many may use it; NULL = no limit
    used: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    made_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class AddressList(Model):
    """Addresses that somebody uploaded: looked at until it is confirmed, then invited piece by piece by the worker.

    A line is its number, address, cost centre and verdict with tabs between: of a hundred thousand, texts are read ten
    times as fast as lists. Of a confirmed list only those lines stay that are to be invited.
    """

    __tablename__ = "address_lists"
    __table_args__ = (CheckConstraint("0 <= done AND done <= total", name="done"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"), index=True)
    actor: Mapped[str] = mapped_column(String(40))  # public id of who uploaded it
    lines: Mapped[list[str]] = mapped_column(JSON)
    ignored: Mapped[list[str]] = mapped_column(JSON)  # names of columns that nobody reads
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
