"""Operators, their spaces, seats, hours, closures and hosts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment


class Operator(Model):
    """The legal body that runs spaces."""

    __tablename__ = "operators"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))


class Space(Model):
    """A coworking house. Without seats and hours it is known but not bookable; unknown facts are NULL."""

    __tablename__ = "spaces"

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
    price_cents: Mapped[int | None]  # gross, for a half-day
    is_sample: Mapped[bool] = mapped_column(default=False)
    opens_on_holidays: Mapped[bool] = mapped_column(default=False)
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


class Host(Model):
    """A person who acts for an operator with all its spaces, or for one space."""

    __tablename__ = "hosts"
    __table_args__ = (
        CheckConstraint("(operator_id IS NULL) <> (space_id IS NULL)", name="one_scope"),
        UniqueConstraint("person_id", "operator_id"),
        UniqueConstraint("person_id", "space_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("spaces.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
