"""The county, its towns, and the officers who act for them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Moment


class Town(Model):
    """One of the county's towns, or (with a five-digit key) the county itself. Position in degrees (WGS 84)."""

    __tablename__ = "towns"

    id: Mapped[int] = mapped_column(primary_key=True)
    ags: Mapped[str] = mapped_column(String(8), unique=True)  # official municipality key
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    plz: Mapped[str | None] = mapped_column(String(5))
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    population: Mapped[int | None]
    population_on: Mapped[date | None]

    @property
    def is_county(self) -> bool:
        return len(self.ags) == 5


class Officer(Model):
    """A person who acts for a town or the county."""

    __tablename__ = "officers"
    __table_args__ = (UniqueConstraint("person_id", "town_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    town_id: Mapped[int] = mapped_column(ForeignKey("towns.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
