"""Operators, their spaces, seats, hours, closures and photos."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment

# How VAT is charged for a product: at the general rate; not at all by a small business (§ 19 UStG); not at all for
# letting a room (§ 4 Nr. 12 UStG); nothing is charged.
STANDARD, SMALL, EXEMPT, FREE = "standard", "small", "exempt", "free"


class Operator(Model):
    """The legal body that runs spaces."""

    __tablename__ = "operators"
    __table_args__ = (
        CheckConstraint("desk_vat IN ('standard', 'small')", name="desk_vat"),
        CheckConstraint("room_vat IN ('standard', 'small', 'exempt')", name="room_vat"),
        CheckConstraint("(desk_vat = 'small') = (room_vat = 'small')", name="small"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    # What invoices need; shown to its hosts and to officers only.
    legal_name: Mapped[str | None] = mapped_column(String(120))
    address: Mapped[str | None] = mapped_column(String(200))
    plz: Mapped[str | None] = mapped_column(String(5))
    town: Mapped[str | None] = mapped_column(String(80))  # as the post writes it; it may lie anywhere
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    tax_id: Mapped[str | None] = mapped_column(String(20))
    vat_id: Mapped[str | None] = mapped_column(String(14))
    iban: Mapped[str | None] = mapped_column(String(34))
    # How VAT is charged; NULL = not said yet. A small business is one with all it sells.
    desk_vat: Mapped[str | None] = mapped_column(String(8))
    room_vat: Mapped[str | None] = mapped_column(String(8))


class Space(Model):
    """A coworking house. Without seats and hours it is known but not bookable; unknown facts are NULL."""

    __tablename__ = "spaces"
    __table_args__ = (
        CheckConstraint("state IN ('applied', 'open', 'paused')", name="state"),
        CheckConstraint("release_after BETWEEN 15 AND 480", name="release_after"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    town_id: Mapped[int] = mapped_column(ForeignKey("towns.id"), index=True)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))
    timezone: Mapped[str] = mapped_column(String(40), default="Europe/Berlin")
    address: Mapped[str | None] = mapped_column(String(200))
    plz: Mapped[str | None] = mapped_column(String(5))
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    offer: Mapped[str | None] = mapped_column(Text)  # what the place says about itself
    arrival: Mapped[str | None] = mapped_column(Text)  # how to get in
    phone: Mapped[str | None] = mapped_column(String(40))
    url: Mapped[str | None] = mapped_column(String(300))
    since: Mapped[str | None] = mapped_column(String(10))  # as precisely as known: year or date
    status: Mapped[str | None] = mapped_column(String(200))  # what is known about it today
    source: Mapped[str | None] = mapped_column(String(300))  # where these facts come from
    equipment: Mapped[list[str]] = mapped_column(JSON, default=list)
    price_cents: Mapped[int | None]  # gross, for a half-day of a desk
    half_hour_price_cents: Mapped[int | None]  # gross, for a half-hour of a room or booth
    stop: Mapped[str | None] = mapped_column(String(200))  # the nearest one, and how far
    bike_box: Mapped[str | None] = mapped_column(String(200))
    safety: Mapped[dict[str, str]] = mapped_column(
        JSON, default=dict, server_default="{}"
    )  # the fact sheet; unknown ones are missing
    safety_checked_on: Mapped[date | None]
    is_sample: Mapped[bool] = mapped_column(default=False)
    opens_on_holidays: Mapped[bool] = mapped_column(default=False)
    # Applied: only its hosts and officers see it. Paused: shown, but not bookable.
    state: Mapped[str] = mapped_column(String(8), default="open", server_default="open")
    closes_on: Mapped[date | None]  # closed for good from this day on
    release_after: Mapped[int | None]  # minutes after the start at which an unused seat is free again; NULL = never
    version: Mapped[int] = mapped_column(default=1)  # rises with every change of it, its seats, hours and closures


class Seat(Model):
    """What one booking takes. Numbers are printed on the desk; the least `rank` is offered first."""

    __tablename__ = "seats"
    __table_args__ = (
        UniqueConstraint("space_id", "number"),
        CheckConstraint("kind IN ('desk', 'room', 'booth')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(5), default="desk")
    rank: Mapped[int] = mapped_column(default=0)
    note: Mapped[str | None] = mapped_column(String(120))  # "am Fenster, zwei Bildschirme"
    capacity: Mapped[int | None]  # of a room: how many people
    retired_on: Mapped[date | None]


class Hours(Model):
    """One weekday of a space (0 = Monday), in minutes after midnight on its own clock; without a row it is closed."""

    __tablename__ = "hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint(
            "0 <= opens AND opens < splits AND splits < closes AND closes <= 1440",
            name="order",
        ),
    )

    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True)
    opens: Mapped[int]
    splits: Mapped[int]
    closes: Mapped[int]


class Closure(Model):
    """Days on which a space is closed, both ends included."""

    __tablename__ = "closures"
    __table_args__ = (CheckConstraint("first_on <= last_on", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id"), index=True)
    first_on: Mapped[date]
    last_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200))


class Photo(Model):
    """A picture of a space, re-encoded: no metadata, at most 300 kB. The least `rank` is shown first."""

    __tablename__ = "photos"
    __table_args__ = (
        CheckConstraint("length(content) <= 307200", name="content"),
        Index("ix_photos_space_id_rank", "space_id", "rank"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("spaces.id"))
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the content, part of its address
    rank: Mapped[int] = mapped_column(default=0)
    alt: Mapped[str] = mapped_column(String(200))  # what it shows, for those who do not see it
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
